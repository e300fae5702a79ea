#include "jobs/search/honest_report.hpp"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "jobs/search/out_of_fold.hpp"
#include "search/honest_score.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

void describe_honest_score(const PlannedSearch& planned, const core::Dataset& data,
                           std::span<const search::FitRecord> records, std::uint32_t seed, SearchFindings& findings,
                           Observer& observer) {
  const search::SearchPlan& plan = planned.plan;
  const std::vector<std::size_t> candidates = search::table_rows(plan);
  if (!plan.keep_predictions || candidates.size() < 2) return;
  if (search::rounds_of(plan).size() > 1) {
    observer.note("there is no honest score of a search in several rounds");
    return;
  }
  OutOfFold all = kept_predictions(plan, candidates.front(), data, records);
  search::TestedRows rows{.row = all.row,
                          .truth = all.truth,
                          .weight = all.weight,
                          .classes = data.classes,
                          .positive = plan.positive,
                          .predictions = {}};
  rows.predictions.push_back(std::move(all.prediction));
  for (std::size_t c = 1; c < candidates.size(); ++c) {
    rows.predictions.push_back(kept_predictions(plan, candidates[c], data, records).prediction);
  }
  const models::Scorer& scorer = *plan.scorers[planned.chosen_by];
  const search::HonestResult result = search::honest_score(rows, scorer, seed);
  if (result.why_not.empty()) {
    findings.honest = HonestFinding{.metric = std::string(scorer.name()), .score = result.honest};
  } else {
    observer.note(fmt::format("there is no honest score of {}: {}", scorer.name(), result.why_not));
  }
}

}  // namespace gridmill::jobs
