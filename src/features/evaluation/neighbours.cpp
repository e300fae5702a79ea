#include "features/evaluation/neighbours.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

namespace gridmill::features {
namespace {

constexpr std::size_t kBlock = 1U << 16U;  // rows

bool looks_at_neighbours(const Feature& feature) {
  constexpr std::array<std::string_view, 4> kNames{"absolute_diff", "percent_change", "same_as_previous",
                                                   "time_since_previous"};
  return feature.primitive.primitive != nullptr && feature.primitive.primitive->kind == PrimitiveKind::transform &&
         std::find(kNames.begin(), kNames.end(), feature.primitive.primitive->name) != kNames.end();
}

/// Walks from the target to all that its features are made of.
class WayFinder {
 public:
  void walk(const FeatureRef& feature, const Way& way) {
    if (!seen_.insert({feature.get(), way}).second) return;
    if (looks_at_neighbours(*feature)) {
      found_[feature.get()].insert(way);
      refs_.emplace(feature.get(), feature);
    }
    Way there = way;
    if (feature->kind == FeatureKind::aggregation) {
      for (const core::RelationshipId step : feature->path) there.push_back({.relationship = step});
    } else if (feature->kind == FeatureKind::direct) {
      there.push_back({.relationship = feature->path.front(), .up = true});
    }
    for (const FeatureRef& base : feature->bases) walk(base, there);
    if (feature->where) walk(feature->where->feature, there);
    if (feature->group_by) walk(feature->group_by, way);
  }

  void tell(Neighbourhood& neighbourhood) const {
    for (const auto& [feature, ways] : found_) {
      if (ways.size() == 1) {
        neighbourhood.ways.emplace(feature, *ways.begin());
      } else {
        neighbourhood.in_several_ways.push_back(refs_.at(feature));
      }
    }
  }

 private:
  std::set<std::pair<const Feature*, Way>> seen_;
  std::map<const Feature*, std::set<Way>> found_;
  std::map<const Feature*, FeatureRef> refs_;
};

using Marks = std::vector<std::uint8_t>;  // by row

/// Calls `visit` with each block of a table's rows.
template <class Visit>
void for_each_block(std::size_t n_rows, Visit visit) {
  for (std::size_t first = 0; first < n_rows; first += kBlock) {
    visit(first, core::RowSet::range(static_cast<core::RowId>(first), std::min(kBlock, n_rows - first)));
  }
}

/// Takes the marks of rows that do not count at the cutoff.
void keep_visible(core::TableId table, std::int64_t cutoff, const Visibility& visibility, bool are_instances,
                  Marks& marks) {
  if (!visibility.filters(table)) return;
  const std::vector<std::int64_t> cutoffs{cutoff};
  for_each_block(marks.size(), [&](std::size_t first, const core::RowSet& rows) {
    const std::vector<std::uint8_t> known = are_instances
                                                ? visibility.mask_of_instances(table, rows, {.times = cutoffs})
                                                : visibility.mask(table, rows, {.times = cutoffs});
    for (std::size_t i = 0; i < known.size(); ++i) marks[first + i] &= known[i];
  });
}

Marks take_step(const Step& step, const Marks& from, const core::EntityData& data) {
  const core::Relationship& relationship = data.entity_set().relationships[step.relationship];
  Marks to(data.entity_set().tables[step.up ? relationship.parent : relationship.child].n_rows, 0);
  for_each_block(data.entity_set().tables[relationship.child].n_rows, [&](std::size_t first, const core::RowSet& rows) {
    const std::vector<core::RowId> parents = data.parents(step.relationship, rows);
    for (std::size_t i = 0; i < parents.size(); ++i) {
      if (parents[i] == core::kNoRow) continue;
      const auto parent = static_cast<std::size_t>(parents[i]);
      if (step.up) {
        to[parent] |= from[first + i];
      } else {
        to[first + i] = from[parent];
      }
    }
  });
  return to;
}

}  // namespace

std::shared_ptr<const Neighbourhood> neighbourhood_of(core::TableId target, std::span<const FeatureRef> features,
                                                      std::span<const Instance> instances, bool one_cutoff) {
  WayFinder finder;
  for (const FeatureRef& feature : features) finder.walk(feature, {});
  Neighbourhood neighbourhood{.target = target, .ways = {}, .in_several_ways = {}, .instances = {}};
  finder.tell(neighbourhood);
  if (neighbourhood.ways.empty() && neighbourhood.in_several_ways.empty()) return nullptr;
  if (!one_cutoff) {
    for (const Instance& each : instances) {
      std::vector<core::RowId>& rows = neighbourhood.instances[each.cutoff];
      if (each.row != core::kNoRow) rows.push_back(each.row);
    }
  }
  return std::make_shared<const Neighbourhood>(std::move(neighbourhood));
}

const Way* way_to_neighbours(const Feature& feature, const EvaluationOptions& options) {
  if (options.neighbourhood == nullptr || options.semantics == Semantics::strict) return nullptr;
  const auto found = options.neighbourhood->ways.find(&feature);
  return found == options.neighbourhood->ways.end() ? nullptr : &found->second;
}

std::vector<std::uint8_t> rows_at_hand(const Neighbourhood& neighbourhood, const Way& way, std::int64_t cutoff,
                                       const core::EntityData& data, const Visibility& visibility) {
  const std::size_t n_rows = data.entity_set().tables[neighbourhood.target].n_rows;
  const auto own = neighbourhood.instances.find(cutoff);
  Marks marks(n_rows, neighbourhood.instances.empty() ? 1 : 0);
  if (own != neighbourhood.instances.end()) {
    for (const core::RowId row : own->second) marks[static_cast<std::size_t>(row)] = 1;
  }
  core::TableId table = neighbourhood.target;
  keep_visible(table, cutoff, visibility, true, marks);
  for (const Step& step : way) {
    marks = take_step(step, marks, data);
    const core::Relationship& relationship = data.entity_set().relationships[step.relationship];
    table = step.up ? relationship.parent : relationship.child;
    keep_visible(table, cutoff, visibility, false, marks);
  }
  return marks;
}

}  // namespace gridmill::features
