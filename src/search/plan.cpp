#include "search/plan.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::search {

namespace {

/// Steele, Lea and Flood's SplitMix64: spreads neighbouring numbers over all 64 bits.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

}  // namespace

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

Round round_of(const SearchPlan& plan, std::size_t candidate) {
  if (plan.rounds.empty()) return rounds_of(plan).front();
  const auto found = std::find_if(plan.rounds.begin(), plan.rounds.end(), [&](const Round& round) {
    return candidate >= round.first_candidate && candidate < round.first_candidate + round.n_candidates;
  });
  GRIDMILL_ASSERT(found != plan.rounds.end(), "each candidate is of a round");
  return *found;
}

Bundle bundle_of(Trial trial) { return {.fits = {{.trials = Trials(trial)}}}; }

core::Params params_of(const SearchPlan& plan, std::size_t candidate) {
  core::Params params = plan.candidates[candidate];
  params.insert(plan.fixed.begin(), plan.fixed.end());  // leaves what is there
  return params;
}

std::vector<core::Params> distinct_candidates(const SearchPlan& plan) {
  std::vector<core::Params> params;
  const std::size_t n = rounds_of(plan).front().n_candidates;
  for (std::size_t candidate = 0; candidate < n; ++candidate) params.push_back(params_of(plan, candidate));
  return params;
}

std::vector<models::Candidate> told_candidates(const SearchPlan& plan) {
  std::vector<models::Candidate> told;
  for (core::Params& params : distinct_candidates(plan)) told.push_back(told_candidate(std::move(params)));
  return told;
}

std::uint64_t fit_seed(std::uint64_t root, std::size_t candidate, std::size_t fold) {
  return mix(mix(mix(root) ^ candidate) ^ fold);
}

models::Outputs outputs_of(const SearchPlan& plan) {
  models::Outputs outputs;
  const bool decides = plan.family == nullptr || plan.family->abilities().decision;
  for (const models::Scorer* scorer : plan.scorers) {
    const models::Outputs needs = scorer->needs();
    outputs.decision = outputs.decision || (needs.decision && decides);
    outputs.probability = outputs.probability || needs.probability || (needs.decision && !decides);
  }
  return outputs;
}

}  // namespace gridmill::search
