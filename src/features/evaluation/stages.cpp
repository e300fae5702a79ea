#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "features/definitions/feature_inputs.hpp"
#include "features/evaluation/evaluation.hpp"
#include "features/evaluation/settled.hpp"

namespace gridmill::features {
namespace {

/// Where in the order of stages a feature is computed before others need it: after `level` other stages, by table;
/// those over whole tables apart.
struct Slot {
  std::size_t level = 0;
  core::TableId table = 0;
  bool whole_table = false;
  friend auto operator<=>(const Slot&, const Slot&) = default;
};

/// Finds the features worth computing once for all rows of their table.
class StageFinder {
 public:
  /// Returns the number of stages that come before the one in which `feature` can be computed.
  std::size_t level(const FeatureRef& feature) {
    if (const auto known = levels_.find(feature.get()); known != levels_.end()) return known->second;
    std::size_t level = 0;
    for (const FeatureRef& need : inputs_of(*feature)) level = std::max(level, level_behind(*feature, need));
    levels_.emplace(feature.get(), level);
    if (is_over_table(*feature)) set_apart(feature, true);
    return level;
  }

  [[nodiscard]] const std::map<Slot, std::vector<FeatureRef>>& found() const { return found_; }

 private:
  /// Parents' features are needed by rows of many slices, inputs of whole tables by a task that cannot be cut: both
  /// are computed before, unless they are as cheap as reading them.
  std::size_t level_behind(const Feature& feature, const FeatureRef& need) {
    const std::size_t before = level(need);
    if (is_over_table(*need)) return before + 1;
    const bool apart = (feature.kind == FeatureKind::direct || is_over_table(feature)) && is_costly(need);
    if (apart) set_apart(need, false);
    return apart ? before + 1 : before;
  }

  /// Says whether it takes an aggregation or more to compute it.
  bool is_costly(const FeatureRef& feature) {
    if (feature->kind == FeatureKind::aggregation || is_over_table(*feature)) return true;
    if (feature->kind == FeatureKind::direct) return false;  // what it brings is set apart itself, if need be
    const std::vector<FeatureRef> needs = inputs_of(*feature);
    return std::any_of(needs.begin(), needs.end(), [this](const FeatureRef& need) { return is_costly(need); });
  }

  void set_apart(FeatureRef feature, bool whole_table) {
    while (feature->kind == FeatureKind::output_slice) feature = feature->bases.front();
    if (!set_apart_.insert(feature.get()).second) return;
    found_[{.level = levels_.at(feature.get()), .table = feature->table, .whole_table = whole_table}].push_back(
        feature);
  }

  std::map<const Feature*, std::size_t> levels_;
  std::set<const Feature*> set_apart_;
  std::map<Slot, std::vector<FeatureRef>> found_;
};

}  // namespace

std::vector<Stage> plan_stages(const core::EntitySet& /*set*/, std::span<const FeatureRef> wanted, bool one_cutoff) {
  std::vector<Stage> stages;
  if (one_cutoff) {
    StageFinder finder;
    for (const FeatureRef& feature : wanted) finder.level(feature);
    for (const auto& [slot, features] : finder.found()) {
      stages.push_back({.table = slot.table, .whole_table = slot.whole_table, .features = features});
    }
  }
  stages.push_back({.table = wanted.empty() ? 0 : wanted.front()->table, .features = {wanted.begin(), wanted.end()}});
  return stages;
}

}  // namespace gridmill::features
