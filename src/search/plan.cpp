#include "search/plan.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "core/split_mix.hpp"
#include "search/calibration.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::search {

std::vector<Round> rounds_of(const SearchPlan& plan, std::size_t study) {
  if (plan.rounds.empty()) {
    if (study > 0) return {};
    return {{.n_candidates = plan.candidates.size(), .n_folds = plan.folds.size()}};
  }
  std::vector<Round> rounds;
  for (const Round& round : plan.rounds) {
    if (round.study == study) rounds.push_back(round);
  }
  return rounds;
}

std::vector<Round> final_rounds(const SearchPlan& plan, std::size_t study) {
  std::vector<Round> finals;
  for (const Round& round : rounds_of(plan, study)) {
    if (!finals.empty() && finals.back().bracket == round.bracket) finals.pop_back();
    finals.push_back(round);
  }
  return finals;
}

Round round_of(const SearchPlan& plan, std::size_t candidate) {
  if (plan.rounds.empty()) return rounds_of(plan).front();
  const auto found = std::find_if(plan.rounds.begin(), plan.rounds.end(), [&](const Round& round) {
    return candidate >= round.first_candidate && candidate < round.first_candidate + round.n_candidates;
  });
  GRIDMILL_ASSERT(found != plan.rounds.end(), "each candidate is of a round");
  return *found;
}

Bundle bundle_of(Trial trial) { return {.fits = {{.trials = Trials(trial)}}}; }

const models::Family& family_of(const SearchPlan& plan, std::size_t candidate) {
  return family_in(plan.families, plan.candidates[candidate]);
}

const models::Family& family_of(const SearchPlan& plan, const Bundle& bundle) {
  return family_of(plan, bundle.fits.front().trials.front().candidate);
}

core::Params params_of(const SearchPlan& plan, std::size_t candidate) {
  return hyperparameters_of(plan.candidates[candidate], family_of(plan, candidate), plan.fixed);
}

double fit_cost(const SearchPlan& plan, std::size_t candidate, std::size_t n_train, const core::Dataset& data) {
  return family_of(plan, candidate).cost(params_of(plan, candidate), n_train, data.n_features(), data.classes.size());
}

std::string sharing_key_of(const SearchPlan& plan, std::size_t candidate) {
  return sharing_key(family_of(plan, candidate), params_of(plan, candidate));
}

std::size_t n_distinct(const SearchPlan& plan) { return rounds_of(plan).front().n_candidates; }

std::span<const core::Params> listed_candidates(const SearchPlan& plan) {
  if (!plan.listed.empty()) return plan.listed;
  return std::span(plan.candidates).first(n_distinct(plan));
}

std::vector<models::Candidate> told_candidates(const SearchPlan& plan, const models::Family& family) {
  std::vector<models::Candidate> told;
  for (const core::Params& candidate : listed_candidates(plan)) {
    if (&family_in(plan.families, candidate) != &family) continue;
    told.push_back(told_candidate(hyperparameters_of(candidate, family, plan.fixed)));
  }
  return told;
}

std::uint64_t fit_seed(std::uint64_t root, std::size_t candidate, std::size_t fold) {
  return core::split_mix(core::split_mix(core::split_mix(root) ^ candidate) ^ fold);
}

models::Outputs outputs_of(const SearchPlan& plan) {
  models::Outputs outputs;
  for (const models::Scorer* scorer : plan.scorers) {
    outputs.decision = outputs.decision || scorer->needs().decision;
    outputs.probability = outputs.probability || scorer->needs().probability;
  }
  return outputs;
}

models::Outputs outputs_of(const SearchPlan& plan, const models::Family& family) {
  models::Outputs outputs = outputs_of(plan);
  if (calibration_asked_for(plan.fixed)) {
    const models::Outputs needs = Calibration::needs(family);
    outputs.decision = outputs.decision || needs.decision;
    outputs.probability = outputs.probability || needs.probability;
  }
  if (family.abilities().decision) return outputs;
  outputs.probability = outputs.probability || outputs.decision;
  outputs.decision = false;
  return outputs;
}

}  // namespace gridmill::search
