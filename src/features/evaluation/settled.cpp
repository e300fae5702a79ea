#include "features/evaluation/settled.hpp"

#include <algorithm>
#include <set>

#include "features/evaluation/lagged.hpp"
#include "features/evaluation/neighbours.hpp"

namespace gridmill::features {
namespace {

bool is_known_later(const core::EntityTable& table, const std::string& column) {
  return std::any_of(table.secondary_times.begin(), table.secondary_times.end(), [&](const core::SecondaryTime& each) {
    return each.time_column == column ||
           std::find(each.columns.begin(), each.columns.end(), column) != each.columns.end();
  });
}

bool comes_and_goes(const core::EntitySet& set, core::TableId table) { return !set.tables[table].time_index.empty(); }

/// Rows in table order that count at a cutoff are the first ones: later ones change nothing for those that look back.
bool is_series_settled(const Feature& feature, const core::EntitySet& set, const EvaluationOptions& options) {
  if (const Way* way = way_to_neighbours(feature, options);
      way != nullptr && !options.neighbourhood->instances.empty()) {
    return false;  // other cutoffs have other instances
  }
  return feature.primitive.primitive->scope == Scope::row || !comes_and_goes(set, feature.table) ||
         (!feature.primitive.looks_ahead() && !options.training_window);
}

bool are_bases_settled(const Feature& feature, const core::EntitySet& set, const EvaluationOptions& options) {
  return std::all_of(feature.bases.begin(), feature.bases.end(),
                     [&](const FeatureRef& each) { return is_settled(*each, set, options); });
}

}  // namespace

bool is_over_table(const Feature& feature) {
  return feature.primitive.primitive != nullptr && feature.primitive.primitive->kind == PrimitiveKind::transform &&
         feature.primitive.primitive->scope == Scope::table;
}

bool is_settled(const Feature& feature, const core::EntitySet& set, const EvaluationOptions& options) {
  if (!are_bases_settled(feature, set, options)) return false;
  switch (feature.kind) {
    case FeatureKind::identity: return !is_known_later(set.tables[feature.table], feature.column);
    case FeatureKind::direct: return !comes_and_goes(set, set.relationships[feature.path.front()].parent);
    case FeatureKind::aggregation:
      return !feature.use_previous && !feature.primitive.primitive->uses_cutoff &&
             (!feature.where || is_settled(*feature.where->feature, set, options)) &&
             std::none_of(feature.path.begin(), feature.path.end(), [&](core::RelationshipId step) {
               return comes_and_goes(set, set.relationships[step].child);
             });
    case FeatureKind::transform:
    case FeatureKind::group_by_transform:
      return !feature.primitive.primitive->uses_cutoff &&
             (!feature.group_by || is_settled(*feature.group_by, set, options)) &&
             is_series_settled(feature, set, options);
    case FeatureKind::output_slice: break;
  }
  return true;
}

bool ranks_settled_values(const Feature& feature, const core::EntitySet& set, const EvaluationOptions& options) {
  return feature.kind == FeatureKind::transform && feature.primitive.primitive->name == "percentile" &&
         !options.training_window && are_bases_settled(feature, set, options);
}

std::vector<FeatureRef> repeated_by_cutoff(const core::EntitySet& set, const EvaluationOptions& options,
                                           std::span<const FeatureRef> wanted) {
  std::vector<FeatureRef> repeated;
  std::set<const Feature*> seen;
  std::vector<FeatureRef> open(wanted.rbegin(), wanted.rend());
  while (!open.empty()) {
    const FeatureRef feature = open.back();
    open.pop_back();
    if (!seen.insert(feature.get()).second) continue;
    if (is_over_table(*feature) && !is_settled(*feature, set, options) &&
        !ranks_settled_values(*feature, set, options) && !lag_of(*feature, set, options)) {
      repeated.push_back(feature);
      continue;  // what it is made of is repeated with it
    }
    open.insert(open.end(), feature->bases.begin(), feature->bases.end());
    if (feature->group_by) open.push_back(feature->group_by);
    if (feature->where) open.push_back(feature->where->feature);
  }
  return repeated;
}

}  // namespace gridmill::features
