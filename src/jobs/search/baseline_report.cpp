#include "jobs/search/baseline_report.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "search/baseline.hpp"

namespace gridmill::jobs {

std::vector<BaselineRow> baseline_rows(const PlannedSearch& planned, const SearchData& data) {
  const search::SearchPlan& plan = planned.plan;
  const search::Round last = search::rounds_of(plan).back();
  const search::BaselinePlace place{
      .plan = plan, .round = last, .data = data.train, .held_out = data.held_out ? &*data.held_out : nullptr};
  std::vector<BaselineRow> rows;
  for (search::BaselineScores& scores : search::all_baselines(place, data.earlier, planned.chosen_by)) {
    rows.push_back({.rule = std::move(scores.rule),
                    .means = std::move(scores.means),
                    .stds = std::move(scores.deviations),
                    .held_out = {}});
    if (!data.held_out) continue;
    core::ValueMapping by_metric;
    for (std::size_t id = 0; id < scores.held_out.size(); ++id) {
      by_metric.emplace_back(std::string(plan.scorers[id]->name()), scores.held_out[id]);
    }
    rows.back().held_out = std::move(by_metric);
  }
  return rows;
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
