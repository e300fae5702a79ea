#include "jobs/search/search_outcome.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "core/numpy_sum.hpp"
#include "jobs/search/search_warnings.hpp"
#include "mpi/agree.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

namespace {

using Rule = config::RefitOptions::Rule;

/// Which candidate of a study's final rounds the search's rule picks.
class Chooser {
 public:
  Chooser(Rule rule, const PlannedSearch& planned, const core::Dataset& data)
      : rule_(rule), planned_(planned), data_(data) {}

  /// Returns nothing if none of these candidates has a mean. `chosen` is the best one's where there is no refit.
  [[nodiscard]] Choice choose(std::size_t study, const search::CandidateScores& scores) const {
    const std::vector<search::Round> finals = search::final_rounds(planned_.plan, study);
    std::vector<std::size_t> candidates;
    for (const search::Round& round : finals) {
      for (std::size_t i = 0; i < round.n_candidates; ++i) candidates.push_back(round.first_candidate + i);
    }
    const auto of_finals = [&](const std::vector<std::vector<double>>& numbers) {
      std::vector<double> picked;
      for (const std::size_t candidate : candidates) picked.push_back(numbers[planned_.chosen_by][candidate]);
      return picked;
    };
    const std::vector<double> means = of_finals(scores.means);
    if (std::all_of(means.begin(), means.end(), [](double mean) { return std::isnan(mean); })) return {};
    Choice choice{.best = candidates[search::best_candidate(means)], .chosen = std::nullopt};
    choice.chosen = choice.best;
    if (rule_ == Rule::one_standard_error) {
      choice.chosen = candidates[search::one_standard_error_candidate(
          means, of_finals(scores.deviations), complexity(candidates, *choice.best), finals.front().n_folds)];
    }
    return choice;
  }

 private:
  /// Costs say which of two candidates of one family is simpler; across families they say nothing.
  [[nodiscard]] std::vector<double> complexity(const std::vector<std::size_t>& candidates, std::size_t best) const {
    const search::SearchPlan& plan = planned_.plan;
    std::vector<double> costs;
    for (const std::size_t candidate : candidates) {
      const bool compares = &search::family_of(plan, candidate) == &search::family_of(plan, best);
      costs.push_back(compares ? search::fit_cost(plan, candidate, data_.n_samples(), data_)
                               : std::numeric_limits<double>::infinity());
    }
    return costs;
  }

  Rule rule_;
  const PlannedSearch& planned_;
  const core::Dataset& data_;
};

/// The scores of the outer folds' choices, each of which has a study of its own with one candidate on one fold.
std::optional<NestedScore> nested_score(const PlannedSearch& planned, const search::CandidateScores& scores) {
  const std::size_t n = planned.studies->n_outer_folds();
  if (n == 0) return std::nullopt;
  const search::SearchPlan& plan = planned.plan;
  NestedScore nested{.metric = std::string(plan.scorers[planned.chosen_by]->name())};
  for (std::size_t outer = 0; outer < n; ++outer) {
    const std::vector<search::Round> judged = search::rounds_of(plan, 1 + n + outer);
    if (judged.empty()) {
      nested.scores.push_back(std::numeric_limits<double>::quiet_NaN());
      nested.best_params.emplace_back();
      continue;
    }
    const std::size_t candidate = judged.front().first_candidate;
    nested.scores.push_back(scores.means[planned.chosen_by][candidate]);
    nested.best_params.emplace_back(plan.candidates[candidate]);
  }
  nested.mean = core::numpy_average(nested.scores);
  nested.deviation = core::numpy_std(nested.scores, nested.mean);
  return nested;
}

}  // namespace

SearchOutcome search(const config::SearchOptions& options, PlannedSearch& planned, const core::Dataset& data,
                     SearchFarm& farm, mpi::Session& session) {
  const search::SearchPlan& plan = planned.plan;
  const Chooser chooser(options.refit.rule, planned, data);
  search::CandidateScores scores;
  const auto choose = [&](std::size_t study) { return chooser.choose(study, scores).chosen; };
  SearchOutcome outcome;
  std::vector<search::Round> rounds = planned.first;
  std::vector<search::Bundle> bundles = planned.bundles;
  while (!rounds.empty()) {
    outcome.end = farm.run(bundles);
    if (outcome.end == mpi::FarmEnd::stopped) return outcome;
    for (const search::Round& round : rounds) scores.add(round, plan.scorers.size(), farm.scores(round));
    mpi::run_together(session.transport(), [&] {
      rounds = planned.studies->advance(planned.plan, scores.means[planned.chosen_by], choose);
      bundles = search::make_bundles(plan, rounds, data);
    });
  }
  mpi::run_together(session.transport(), [&] {
    outcome.choice = chooser.choose(0, scores);
    if (options.refit.rule == Rule::none) outcome.choice.chosen.reset();
    if (session.place().rank != 0) return;
    outcome.records = farm.take_records();
    outcome.table = search::assemble(plan, outcome.records);
    if (!any_scored(plan, outcome.records, planned.chosen_by)) outcome.choice = {};
  });
  outcome.choice = mpi::agree(session.transport(), outcome.choice);
  outcome.nested = nested_score(planned, scores);
  outcome.reports = farm.reports();
  return outcome;
}

}  // namespace gridmill::jobs
