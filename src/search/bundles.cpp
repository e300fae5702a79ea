#include <algorithm>
#include <map>
#include <numeric>
#include <string>

#include "search/evaluate.hpp"

namespace gridmill::search {

namespace {

constexpr double kLargestShare = 1.0 / 64;  // of the whole search, for a bundle of several candidates

using Candidates = std::vector<std::size_t>;

/// Candidates that share work, groups in order of their first candidate.
std::vector<Candidates> by_sharing_key(const SearchPlan& plan, const std::vector<core::Params>& params) {
  std::map<std::string, std::size_t> position;
  std::vector<Candidates> groups;
  for (std::size_t candidate = 0; candidate < params.size(); ++candidate) {
    const auto [entry, is_new] = position.emplace(plan.family->sharing_key(params[candidate]), groups.size());
    if (is_new) groups.emplace_back();
    groups[entry->second].push_back(candidate);
  }
  return groups;
}

/// Appends the group as one bundle, or as pieces of at most `most`.
void cut(std::vector<Bundle>& bundles, std::size_t fold, const Candidates& group, const std::vector<double>& cost,
         double most) {
  bool is_first = true;
  for (const std::size_t candidate : group) {
    if (is_first || bundles.back().cost + cost[candidate] > most) bundles.push_back({.fold = fold});
    is_first = false;
    bundles.back().candidates.push_back(candidate);
    bundles.back().cost += cost[candidate];
  }
}

}  // namespace

std::vector<Bundle> make_bundles(const SearchPlan& plan, const core::Dataset& data) {
  std::vector<core::Params> params;
  params.reserve(plan.candidates.size());
  for (std::size_t candidate = 0; candidate < plan.candidates.size(); ++candidate) {
    params.push_back(params_of(plan, candidate));
  }
  const std::vector<Candidates> groups = by_sharing_key(plan, params);

  std::vector<std::vector<double>> cost(plan.folds.size());  // by fold, candidate
  double total = 0;
  for (std::size_t fold = 0; fold < plan.folds.size(); ++fold) {
    for (const core::Params& candidate : params) {
      cost[fold].push_back(
          plan.family->cost(candidate, plan.folds[fold].train.size(), data.n_features(), data.classes.size()));
    }
    total = std::accumulate(cost[fold].begin(), cost[fold].end(), total);
  }

  std::vector<Bundle> bundles;
  for (const Candidates& group : groups) {
    for (std::size_t fold = 0; fold < plan.folds.size(); ++fold) {
      Candidates ordered = group;
      std::stable_sort(ordered.begin(), ordered.end(),
                       [&](std::size_t a, std::size_t b) { return cost[fold][a] < cost[fold][b]; });
      cut(bundles, fold, ordered, cost[fold], total * kLargestShare);
    }
  }
  std::stable_sort(bundles.begin(), bundles.end(), [](const Bundle& a, const Bundle& b) { return a.cost > b.cost; });
  return bundles;
}

}  // namespace gridmill::search
