#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <string>

#include "search/evaluate.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::search {

namespace {

constexpr double kLargestShare = 1.0 / 64;  // of the whole search, for a bundle of several candidates
constexpr std::size_t kShortestChain = 3;   // candidates a bundle, on average, when a group is cut for that

using Candidates = std::vector<std::size_t>;

/// Candidates that share work, groups in order of their first candidate.
std::vector<Candidates> by_sharing_key(const SearchPlan& plan, const std::vector<core::Params>& params) {
  std::map<std::string, std::size_t> position;
  std::vector<Candidates> groups;
  for (std::size_t candidate = 0; candidate < params.size(); ++candidate) {
    const auto [entry, is_new] = position.emplace(sharing_key(*plan.family, params[candidate]), groups.size());
    if (is_new) groups.emplace_back();
    groups[entry->second].push_back(candidate);
  }
  return groups;
}

/// Returns the group cut into pieces of at most `most` or one candidate, from the costly end.
std::vector<Bundle> pieces(std::size_t fold, const Candidates& group, const std::vector<double>& cost, double most) {
  std::vector<Bundle> cut;
  for (auto candidate = group.rbegin(); candidate != group.rend(); ++candidate) {
    if (cut.empty() || cut.back().cost + cost[*candidate] > most) cut.push_back({.fold = fold});
    cut.back().candidates.push_back(*candidate);
    cut.back().cost += cost[*candidate];
  }
  for (Bundle& piece : cut) std::ranges::reverse(piece.candidates);
  return cut;
}

/// Appends the group, which runs from cheap to costly, as one bundle or a few.
///
/// Pieces are cut off the costly end, where one candidate may be as much work as all the others. They are of about
/// equal cost, at most `most`, or larger if chains would get too short.
void cut(std::vector<Bundle>& bundles, std::size_t fold, const Candidates& group, const std::vector<double>& cost,
         double most) {
  const std::size_t n_most = std::max<std::size_t>(2, group.size() / kShortestChain);
  double whole = 0;
  for (const std::size_t candidate : group) whole += cost[candidate];
  if (whole > most) most = whole / std::ceil(whole / most);
  std::vector<Bundle> cut = pieces(fold, group, cost, most);
  for (; cut.size() > n_most; cut = pieces(fold, group, cost, most)) most *= 1.1;
  std::ranges::move(cut, std::back_inserter(bundles));
}

/// The bundles of all groups, the costliest group first. What a group shares, ranks make together and let go of
/// together: were its bundles mixed with others', they would make it more than once, and wait for each other each time.
std::vector<Bundle> joined(std::vector<std::vector<Bundle>> by_group) {
  const auto cost_of = [](const std::vector<Bundle>& bundles) {
    return std::accumulate(bundles.begin(), bundles.end(), 0.0,
                           [](double sum, const Bundle& b) { return sum + b.cost; });
  };
  std::stable_sort(by_group.begin(), by_group.end(),
                   [&](const auto& a, const auto& b) { return cost_of(a) > cost_of(b); });
  std::vector<Bundle> out;
  for (std::vector<Bundle>& bundles : by_group) std::ranges::move(bundles, std::back_inserter(out));
  return out;
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

  std::vector<std::vector<Bundle>> by_group;
  for (const Candidates& group : groups) {
    std::vector<Bundle>& bundles = by_group.emplace_back();
    for (std::size_t fold = 0; fold < plan.folds.size(); ++fold) {
      Candidates ordered = group;
      std::stable_sort(ordered.begin(), ordered.end(),
                       [&](std::size_t a, std::size_t b) { return cost[fold][a] < cost[fold][b]; });
      cut(bundles, fold, ordered, cost[fold], total * kLargestShare);
    }
    std::stable_sort(bundles.begin(), bundles.end(), [](const Bundle& a, const Bundle& b) { return a.cost > b.cost; });
  }
  return joined(std::move(by_group));
}

}  // namespace gridmill::search
