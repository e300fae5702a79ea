#include "features/definitions/feature_name.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::features {
namespace {

/// Counts the ways up from `table` to `goal`. There are no circles.
std::size_t n_ways_up(const core::EntitySet& set, core::TableId table, core::TableId goal) {
  if (table == goal) return 1;
  std::size_t n = 0;
  for (const core::Relationship& each : set.relationships) {
    if (each.child == table) n += n_ways_up(set, each.parent, goal);
  }
  return n;
}

std::string path_name(const core::EntitySet& set, const Feature& feature) {
  const core::TableId child = set.relationships[feature.path.back()].child;
  if (n_ways_up(set, child, feature.table) == 1) return set.tables[child].name;
  std::string name;
  for (const core::RelationshipId step : feature.path) {
    if (!name.empty()) name += '.';
    name += child_name(set, step);
  }
  return name;
}

std::vector<std::string> names_of(const std::vector<FeatureRef>& features) {
  std::vector<std::string> names;
  names.reserve(features.size());
  for (const FeatureRef& each : features) names.push_back(each->name);
  return names;
}

std::string upper(std::string_view name) {
  std::string text(name);
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::string aggregation_name(const core::EntitySet& set, const Feature& feature) {
  const Primitive& primitive = *feature.primitive.primitive;
  std::string name = upper(primitive.name) + '(' + path_name(set, feature);
  if (!primitive.counts_rows) name += fmt::format(".{}", fmt::join(names_of(feature.bases), ", "));
  if (feature.where) name += " WHERE " + where_text(*feature.where);
  if (feature.use_previous) name += ", Last " + feature.use_previous->text();
  return name + feature.primitive.argument_text() + ')';
}

std::string transform_name(const Feature& feature) {
  const Primitive& primitive = *feature.primitive.primitive;
  const std::vector<std::string> inputs = names_of(feature.bases);
  if (primitive.write_name) return primitive.write_name(inputs, feature.primitive.arguments);
  return fmt::format("{}({}{})", upper(primitive.name), fmt::join(inputs, ", "), feature.primitive.argument_text());
}

}  // namespace

bool has_twin(const core::EntitySet& set, const core::Relationship& relationship) {
  return std::count_if(set.relationships.begin(), set.relationships.end(), [&](const core::Relationship& each) {
           return each.parent == relationship.parent && each.child == relationship.child;
         }) > 1;
}

std::string parent_name(const core::EntitySet& set, core::RelationshipId relationship) {
  const core::Relationship& link = set.relationships[relationship];
  const std::string& table = set.tables[link.parent].name;
  return has_twin(set, link) ? fmt::format("{}[{}]", table, link.child_column) : table;
}

std::string child_name(const core::EntitySet& set, core::RelationshipId relationship) {
  const core::Relationship& link = set.relationships[relationship];
  const std::string& table = set.tables[link.child].name;
  return has_twin(set, link) ? fmt::format("{}[{}]", table, link.child_column) : table;
}

std::string type_text(const ValueType& type) {
  std::string text(type.type ? core::name_of(*type.type) : "");
  for (const core::Tag tag : {core::Tag::numeric, core::Tag::category, core::Tag::index, core::Tag::time_index,
                              core::Tag::foreign_key, core::Tag::date_of_birth}) {
    if (type.tags.has(tag)) text += (text.empty() ? "" : " ") + std::string(core::name_of(tag));
  }
  return text.empty() ? "any column" : text;
}

std::string type_text(const std::vector<InputSlot>& slots) {
  std::string text;
  for (const InputSlot& each : slots) text += (text.empty() ? "" : ", ") + type_text(each);
  return '(' + text + ')';
}

std::string where_text(const Where& where) {
  if (where.comparison == "isin") return fmt::format("{}.isin({})", where.feature->name, where.value.python_repr());
  const std::string_view sign = where.comparison == "==" ? "=" : std::string_view(where.comparison);
  return fmt::format("{} {} {}", where.feature->name, sign, where.value.python_str());
}

std::string generated_name(const core::EntitySet& set, const Feature& feature) {
  switch (feature.kind) {
    case FeatureKind::identity: return feature.column;
    case FeatureKind::direct: return parent_name(set, feature.path.front()) + '.' + feature.bases.front()->name;
    case FeatureKind::aggregation: return aggregation_name(set, feature);
    case FeatureKind::transform: return transform_name(feature);
    case FeatureKind::group_by_transform: return transform_name(feature) + " by " + feature.group_by->name;
    case FeatureKind::output_slice: return column_names(*feature.bases.front())[feature.output];
  }
  GRIDMILL_ASSERT(false, "the kind is known");
}

}  // namespace gridmill::features
