#include "jobs/search/baseline_report.hpp"

#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "search/baseline.hpp"

namespace gridmill::jobs {

BaselineRow baseline_row(const PlannedSearch& planned, const SearchData& data) {
  const search::SearchPlan& plan = planned.plan;
  const search::Round last = search::rounds_of(plan).back();
  search::BaselineScores scores = search::hardest_baseline(plan, last, data.train, planned.chosen_by);
  BaselineRow row{.rule = std::string(search::words_of(scores.rule)),
                  .means = std::move(scores.means),
                  .stds = std::move(scores.deviations),
                  .held_out = {}};
  if (!data.held_out) return row;
  const std::vector<double> held_out = search::baseline_on(plan, data.train, *data.held_out, scores.rule);
  core::ValueMapping by_metric;
  for (std::size_t id = 0; id < held_out.size(); ++id) {
    by_metric.emplace_back(std::string(plan.scorers[id]->name()), held_out[id]);
  }
  row.held_out = std::move(by_metric);
  return row;
}

std::optional<std::string> baseline_warning(const PlannedSearch& planned, const search::CvResults& table,
                                            std::size_t best, const BaselineRow& baseline, const core::Dataset& data) {
  const std::string metric = search::metric_column(planned.plan, planned.chosen_by);
  const double mean = table.find("mean_test_" + metric)->numbers[best];
  const double deviation = table.find("std_test_" + metric)->numbers[best];
  const double least = baseline.means[planned.chosen_by];
  const bool is_better = !(mean - least <= deviation);  // NaN says nothing
  if (is_better) return std::nullopt;
  return fmt::format(
      "the best candidate's {}, {:.4g} +- {:.2g}, is not clearly better than that of the baseline ({}), {:.4g}: the "
      "features may say little of '{}', or the search tries the wrong candidates",
      planned.plan.scorers[planned.chosen_by]->name(), mean, deviation, baseline.rule, least, data.target_name);
}

}  // namespace gridmill::jobs
