#include "features/evaluation/neighbours.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "features/evaluation.hpp"

namespace gridmill::features {
namespace {

/// Walks from the target to all that its features are made of.
class WayFinder {
 public:
  using Way = std::optional<std::vector<core::RelationshipId>>;  // nothing: not by steps down alone

  void walk(const Feature& feature, const Way& way) {
    if (!seen_.insert({&feature, way}).second) return;
    if (looks_at_neighbours(feature)) found_[feature.table].insert(way);
    const Way below = feature.kind == FeatureKind::aggregation ? extended(way, feature.path) : way;
    for (const FeatureRef& base : feature.bases) walk(*base, feature.kind == FeatureKind::direct ? Way{} : below);
    if (feature.where) walk(*feature.where->feature, below);
    if (feature.group_by) walk(*feature.group_by, way);
  }

  [[nodiscard]] std::map<core::TableId, std::vector<core::RelationshipId>> only_ways() const {
    std::map<core::TableId, std::vector<core::RelationshipId>> only;
    for (const auto& [table, ways] : found_) {
      if (ways.size() == 1 && *ways.begin()) only.emplace(table, **ways.begin());
    }
    return only;
  }

 private:
  static Way extended(Way way, const std::vector<core::RelationshipId>& path) {
    if (way) way->insert(way->end(), path.begin(), path.end());
    return way;
  }

  std::set<std::pair<const Feature*, Way>> seen_;
  std::map<core::TableId, std::set<Way>> found_;
};

}  // namespace

bool looks_at_neighbours(const Feature& feature) {
  constexpr std::array<std::string_view, 4> kNames{"absolute_diff", "percent_change", "same_as_previous",
                                                   "time_since_previous"};
  return feature.primitive.primitive != nullptr && feature.primitive.primitive->kind == PrimitiveKind::transform &&
         std::find(kNames.begin(), kNames.end(), feature.primitive.primitive->name) != kNames.end();
}

std::map<core::TableId, std::vector<core::RelationshipId>> ways_down(std::span<const FeatureRef> features) {
  WayFinder finder;
  for (const FeatureRef& feature : features) finder.walk(*feature, std::vector<core::RelationshipId>());
  return finder.only_ways();
}

std::vector<std::uint8_t> belong_by(std::span<const core::RelationshipId> way, const core::RowSet& rows,
                                    std::int64_t cutoff, const core::EntityData& data, const Visibility& visibility) {
  std::vector<std::uint8_t> belong(rows.size(), 1);
  std::vector<core::RowId> at(rows.size());
  for (std::size_t i = 0; i < at.size(); ++i) at[i] = rows[i];
  std::vector<std::size_t> left(at.size());
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = i;
  const std::vector<std::int64_t> cutoffs{cutoff};
  for (auto step = way.rbegin(); step != way.rend() && !at.empty(); ++step) {
    const std::vector<core::RowId> parents = data.parents(*step, core::RowSet::of(at));
    at.clear();
    std::vector<std::size_t> children;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (parents[i] == core::kNoRow) {
        belong[left[i]] = 0;
      } else {
        at.push_back(parents[i]);
        children.push_back(left[i]);
      }
    }
    if (at.empty()) break;
    const core::TableId table = data.entity_set().relationships[*step].parent;
    const std::vector<std::uint8_t> known = visibility.mask(table, core::RowSet::of(at), {.times = cutoffs});
    std::size_t n = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      if (known[i] == 0) {
        belong[children[i]] = 0;
        continue;
      }
      at[n] = at[i];
      children[n++] = children[i];
    }
    at.resize(n);
    children.resize(n);
    left = std::move(children);
  }
  return belong;
}

}  // namespace gridmill::features
