#include "search/plan.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "core/option.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::search {

namespace {

constexpr double kLargestShare = 1.0 / 64;  // of the whole search, for a bundle of several candidates
constexpr std::size_t kShortestChain = 3;   // candidates a bundle, on average, when a group is cut for that; where
                                            // fits gain nothing from each other, each may be a bundle

/// A fit and what it costs.
struct Priced {
  SharedFit fit;
  double cost = 0;
};

/// The fits that share a key, by the number of the rows they are trained on.
struct Group {
  const models::Family* family = nullptr;
  std::string key;
  bool shares_rows = false;
  std::map<std::size_t, std::vector<Priced>> by_rows;
};

/// Candidates of a round that are one run, each with its place along the free axis.
struct Run {
  std::size_t number = 0;   // the plan's number of the first of them
  std::int64_t length = 0;  // value of the free axis; 0: there is none
};

std::string text_of(const core::Params& params) {
  std::string text;
  for (const auto& [name, value] : params) text += name + "=" + value.python_repr() + "\n";
  return text;
}

/// The run of each candidate of a round, in order.
std::vector<Run> runs_of(const SearchPlan& plan, const Round& round) {
  std::vector<Run> runs;
  std::map<std::string, std::size_t> first;  // number by all other hyperparameters
  for (std::size_t i = 0; i < round.n_candidates; ++i) {
    const std::size_t candidate = round.first_candidate + i;
    core::Params params = params_of(plan, candidate);
    const models::Family& family = family_of(plan, candidate);
    const std::string axis(family.free_axis(params));
    Run run{.number = plan.number_of(candidate)};
    if (!axis.empty()) {
      run.length = core::value_of(params, family.options(), axis).integer();
      params.erase(axis);
      run.number = first.emplace(std::string(family.name()) + "\n" + text_of(params), run.number).first->second;
    }
    runs.push_back(run);
  }
  return runs;
}

/// Finds the fit that a trial can be served by: of the same run, on the same training rows.
class SharedFits {
 public:
  SharedFits(const SearchPlan& plan, std::span<const Round> rounds) : plan_(plan) {
    std::set<std::size_t> numbers;
    for (const Round& round : rounds) {
      for (std::size_t k = 0; k < round.n_folds; ++k) {
        if (!numbers.insert(plan.number_of_fold(round.first_fold + k)).second) some_ = true;
      }
    }
  }

  /// Says whether one of `fits`, those of the group on the rows the trial is to be trained on, serves it, and lets it.
  bool serve(Trial trial, const Run& run, double cost, std::size_t group, std::vector<Priced>& fits) {
    if (!some_ && run.length == 0) return false;
    const auto key = std::tuple(group, plan_.number_of_fold(trial.fold), run.number);
    for (const std::size_t place : places_[key]) {
      Priced& priced = fits[place];
      const std::size_t other = priced.fit.trials.front().candidate;
      if (run.length == 0 && plan_.candidates[other] != plan_.candidates[trial.candidate]) continue;
      priced.fit.trials.push_back(trial);
      priced.cost = std::max(priced.cost, cost);
      return true;
    }
    places_[key].push_back(fits.size());
    return false;
  }

 private:
  const SearchPlan& plan_;
  bool some_ = false;  // folds have training rows in common
  std::map<std::tuple<std::size_t, std::size_t, std::size_t>, std::vector<std::size_t>> places_;
};

/// Puts the trials of a fit in the order in which the fit gets to them.
void order_trials(SharedFit& fit, const std::map<std::size_t, std::int64_t>& length_of) {
  std::vector<Trial> trials;
  for (const Trial& trial : fit.trials) trials.push_back(trial);
  std::ranges::stable_sort(trials, {}, [&](Trial trial) { return length_of.at(trial.candidate); });
  fit.trials = Trials(trials.front());
  for (std::size_t i = 1; i < trials.size(); ++i) fit.trials.push_back(trials[i]);
}

/// All fits, groups in order of their first candidate; `total`: what they cost together.
std::vector<Group> groups_of(const SearchPlan& plan, std::span<const Round> rounds, const core::Dataset& data,
                             double& total) {
  std::map<std::string, std::size_t> position;
  std::vector<Group> groups;
  SharedFits shared(plan, rounds);
  std::map<std::size_t, std::int64_t> length_of;  // by candidate, of runs
  for (const Round& round : rounds) {
    const std::vector<Run> runs = runs_of(plan, round);
    std::vector<core::Params> params;
    std::vector<const models::Family*> family;
    std::vector<std::size_t> group_of;
    for (std::size_t i = 0; i < round.n_candidates; ++i) {
      if (runs[i].length > 0) length_of[round.first_candidate + i] = runs[i].length;
      params.push_back(params_of(plan, round.first_candidate + i));
      family.push_back(&family_of(plan, round.first_candidate + i));
      std::string key = sharing_key(*family.back(), params.back());
      const auto [entry, is_new] = position.emplace(key, groups.size());
      if (is_new) {
        groups.push_back({.family = family.back(),
                          .key = std::move(key),
                          .shares_rows = shares_rows(*family.back(), params.back()),
                          .by_rows = {}});
      }
      group_of.push_back(entry->second);
    }
    for (std::size_t fold = round.first_fold; fold < round.first_fold + round.n_folds; ++fold) {
      std::vector<std::vector<Priced>*> fits_of(groups.size(), nullptr);  // on the rows of this fold
      const std::size_t n_train = plan.folds[fold].train.size();
      for (std::size_t i = 0; i < round.n_candidates; ++i) {
        const Trial trial{round.first_candidate + i, fold};
        std::vector<Priced>*& place = fits_of[group_of[i]];
        if (place == nullptr) place = &groups[group_of[i]].by_rows[plan.number_of_fold(fold)];
        std::vector<Priced>& fits = *place;
        const double cost = family[i]->cost(params[i], n_train, data.n_features(), data.classes.size());
        if (shared.serve(trial, runs[i], cost, group_of[i], fits)) continue;
        fits.push_back({.fit = {.trials = Trials(trial)}, .cost = cost});
      }
    }
  }
  for (Group& group : groups) {
    for (auto& [rows, fits] : group.by_rows) {
      for (Priced& priced : fits) {
        total += priced.cost;
        if (priced.fit.trials.size() > 1 && length_of.contains(priced.fit.trials.front().candidate)) {
          order_trials(priced.fit, length_of);
        }
      }
    }
  }
  return groups;
}

/// Where pieces of at most `most` or one fit begin when the fits are cut from the costly end; the costliest comes
/// first.
std::vector<std::size_t> cuts(std::span<const Priced> fits, double most) {
  std::vector<std::size_t> begins;
  double cost = 0;
  for (std::size_t i = fits.size(); i-- > 0;) {
    const bool is_new = begins.empty() || cost + fits[i].cost > most;
    if (is_new) begins.push_back(i);
    cost = (is_new ? 0 : cost) + fits[i].cost;
    begins.back() = i;
  }
  return begins;
}

/// Appends the fits, which run from cheap to costly, as one bundle or a few.
///
/// Pieces are cut off the costly end, where one fit may be as much work as all the others. They are of about equal
/// cost, at most `most`, or larger if chains would get too short.
void cut(std::vector<Bundle>& bundles, std::span<Priced> fits, double most, bool chains) {
  const std::size_t n_most = std::max<std::size_t>(2, fits.size() / (chains ? kShortestChain : 1));
  double whole = 0;
  for (const Priced& each : fits) whole += each.cost;
  if (whole > most) most = whole / std::ceil(whole / most);
  std::vector<std::size_t> begins = cuts(fits, most);
  for (; begins.size() > n_most; begins = cuts(fits, most)) most *= 1.1;
  std::size_t end = fits.size();
  for (const std::size_t begin : begins) {
    Bundle& bundle = bundles.emplace_back();
    for (std::size_t i = begin; i < end; ++i) bundle.fits.push_back(std::move(fits[i].fit));
    for (std::size_t i = end; i-- > begin;) bundle.cost += fits[i].cost;  // as they were cut
    end = begin;
  }
}

/// The bundles of a group.
struct GroupBundles {
  const models::Family* family = nullptr;
  std::vector<Bundle> bundles;
  double cost = 0;
};

/// The bundles of all groups, the costliest family first and of a family the costliest group. What a group shares,
/// ranks make together and let go of together: were its bundles mixed with others', they would make it more than once,
/// and wait for each other each time. So it is with what a family's trainer keeps for itself.
std::vector<Bundle> joined(std::vector<GroupBundles> by_group) {
  std::map<const models::Family*, double> cost_of_family;
  for (GroupBundles& group : by_group) {
    for (const Bundle& bundle : group.bundles) group.cost += bundle.cost;
    cost_of_family[group.family] += group.cost;
  }
  std::stable_sort(by_group.begin(), by_group.end(), [&](const GroupBundles& a, const GroupBundles& b) {
    if (a.family == b.family) return a.cost > b.cost;
    const double cost_a = cost_of_family[a.family];
    const double cost_b = cost_of_family[b.family];
    return cost_a != cost_b ? cost_a > cost_b : a.family->name() < b.family->name();
  });
  std::vector<Bundle> out;
  for (GroupBundles& group : by_group) std::ranges::move(group.bundles, std::back_inserter(out));
  return out;
}

}  // namespace

std::vector<Bundle> make_bundles(const SearchPlan& plan, std::span<const Round> rounds, const core::Dataset& data) {
  double total = 0;
  std::vector<GroupBundles> by_group;
  for (Group& group : groups_of(plan, rounds, data, total)) {
    std::size_t begin = by_group.size();
    by_group.push_back({.family = group.family, .bundles = {}});
    for (auto& [rows, fits] : group.by_rows) {
      if (group.shares_rows && !by_group.back().bundles.empty()) {
        by_group.push_back({.family = group.family, .bundles = {}});
      }
      std::vector<Bundle>& bundles = by_group.back().bundles;
      const std::size_t first = bundles.size();
      std::stable_sort(fits.begin(), fits.end(), [](const Priced& a, const Priced& b) { return a.cost < b.cost; });
      cut(bundles, fits, total * kLargestShare, group.family->abilities().chains);
      const std::string key = group.shares_rows ? group.key + "|" + std::to_string(rows) : group.key;
      for (Bundle& bundle : std::span(bundles).subspan(first)) {
        bundle.shares = std::hash<std::string>{}(key);
        bundle.shares_rows = group.shares_rows;
      }
    }
    for (; begin < by_group.size(); ++begin) {
      std::vector<Bundle>& bundles = by_group[begin].bundles;
      std::stable_sort(bundles.begin(), bundles.end(),
                       [](const Bundle& a, const Bundle& b) { return a.cost > b.cost; });
    }
  }
  return joined(std::move(by_group));
}

std::vector<Bundle> make_bundles(const SearchPlan& plan, const core::Dataset& data) {
  if (plan.rounds.empty()) return make_bundles(plan, rounds_of(plan), data);
  return make_bundles(plan, plan.rounds, data);
}

}  // namespace gridmill::search
