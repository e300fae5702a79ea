#include "jobs/search/best_report.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "jobs/audit/telltale_column.hpp"
#include "jobs/search/baseline_report.hpp"
#include "search/border_warnings.hpp"
#include "search/hyperparameters.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

void describe_best(const config::SearchJob& job, const PlannedSearch& planned, const core::Dataset& data,
                   const search::CvResults& table, SearchFindings& findings) {
  const std::string metric = search::metric_column(planned.plan, planned.chosen_by);
  const std::vector<std::size_t> rows = search::table_rows(planned.plan);
  const core::Params& best = planned.plan.candidates[rows[*findings.best]];
  findings.best_params = best;
  findings.best_score = table.find("mean_test_" + metric)->numbers[*findings.best];
  const BaselineRow& baseline = findings.leaderboard.baselines.front();
  if (auto warning = baseline_warning(planned, table, *findings.best, baseline, data)) {
    findings.warnings.push_back(std::move(*warning));
  }
  const search::Round last = search::round_of(planned.plan, rows[*findings.best]);
  const ModelScore model{.candidate = rows[*findings.best],
                         .mean = *findings.best_score,
                         .deviation = table.find("std_test_" + metric)->numbers[*findings.best]};
  const auto column = find_telltale_column(planned.plan, last, data, planned.chosen_by, model);
  if (column && column->finding) findings.warnings.push_back(sentence(*column->finding));
  const bool is_best = job.search.refit.rule != config::RefitOptions::Rule::one_standard_error;
  if (job.search.random || !is_best) return;  // draws have no border, and a simpler candidate means to lie there
  const auto options = search::hyperparameters(search::family_of(planned.plan, rows[*findings.best]));
  for (std::string& warning : search::border_warnings(planned.studies->candidates(), best, options)) {
    findings.warnings.push_back(std::move(warning));
  }
}

}  // namespace gridmill::jobs
