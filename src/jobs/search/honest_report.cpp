#include "jobs/search/honest_report.hpp"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/search_size.hpp"
#include "core/memory_size.hpp"
#include "jobs/search/out_of_fold.hpp"
#include "search/honest_score.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

namespace {

/// Somebody who asks for all predictions waits longer than somebody who asks for nothing.
search::HonestOptions honest_options(const config::SearchJob& job) {
  const bool asked = job.search.predictions == config::KeepPredictions::all;
  return {.seed = job.seed, .most_draws = asked ? 1000U : 200U, .patience_s = asked ? 30.0 : 2.0};
}

/// What is drawn: rows, or groups of them, as rows of a group are alike.
std::vector<std::int64_t> drawn_units(const search::SearchPlan& plan, const search::Round& round,
                                      const core::Dataset& data) {
  std::vector<std::int64_t> units;
  for (std::size_t k = 0; k < round.n_folds; ++k) {
    for (const core::Index row : plan.folds[round.first_fold + k].test) {
      units.push_back(data.group.empty() ? static_cast<std::int64_t>(row) : data.group[row]);
    }
  }
  return units;
}

}  // namespace

void describe_honest_score(const config::SearchJob& job, const PlannedSearch& planned, const core::Dataset& data,
                           std::span<const search::FitRecord> records, SearchFindings& findings, Observer& observer) {
  const search::SearchPlan& plan = planned.plan;
  if (!plan.keep_predictions) {
    if (const double bytes = config::bytes_left_out(job, data); bytes > 0) {
      observer.note(
          fmt::format("there is no honest score of the best: the predictions of all candidates would take {} of "
                      "memory; 'search.predictions: all' keeps them",
                      core::size_text(bytes)));
    }
    return;
  }
  const std::vector<search::Round> rounds = search::rounds_of(plan);
  if (rounds.front().n_candidates < 2) return;
  if (rounds.size() > 1) {
    observer.note("there is no honest score of a search in several rounds");
    return;
  }
  KeptPredictions kept = kept_predictions(plan, rounds.front(), data, records);
  const std::vector<std::int64_t> units = drawn_units(plan, rounds.front(), data);
  const search::TestedRows rows{.unit = units,
                                .truth = kept.tested.truth,
                                .weight = kept.tested.weight,
                                .classes = data.classes,
                                .positive = plan.positive,
                                .predictions = std::move(kept.predictions)};
  const search::HonestResult result = search::honest_scores(rows, plan.scorers, planned.chosen_by, honest_options(job));
  if (!result.why_not.empty()) {
    observer.note(fmt::format("there is no honest score of {}: {}{}", plan.scorers[planned.chosen_by]->name(),
                              result.why_not,
                              job.search.predictions == config::KeepPredictions::automatic
                                  ? "; 'search.predictions: all' takes more time for it"
                                  : ""));
    return;
  }
  const auto add = [&](std::size_t metric) {
    if (const auto& score = result.by_metric[metric]) {
      findings.honest.push_back({.metric = std::string(plan.scorers[metric]->name()), .score = *score});
    }
  };
  add(planned.chosen_by);
  for (std::size_t metric = 0; metric < plan.scorers.size(); ++metric) {
    if (metric != planned.chosen_by) add(metric);
  }
}

}  // namespace gridmill::jobs
