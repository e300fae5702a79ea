#include "features/definitions/feature.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "features/definitions/feature_name.hpp"

namespace gridmill::features {
namespace {

constexpr std::array kComparisons = {"==", "!=", "<", "<=", ">", ">=", "isin"};

/// What a result means that is of the type of its input: an index or a key is not one any more.
ValueType inherited(ValueType type) {
  if (type.tags.has(core::Tag::time_index)) {
    type.tags.remove(core::Tag::time_index);
  } else if (type.tags.has(core::Tag::index)) {
    type.tags.remove(core::Tag::index);
    for (const core::Tag tag : {core::Tag::numeric, core::Tag::category}) {
      if (type.type && core::standard_tags(*type.type).has(tag)) type.tags.add(tag);
    }
  }
  type.tags.remove(core::Tag::foreign_key);
  return type;
}

bool takes(const Primitive& primitive, const std::vector<FeatureRef>& bases) {
  return std::any_of(primitive.inputs.begin(), primitive.inputs.end(), [&](const std::vector<InputSlot>& slots) {
    const auto fitting = [](const FeatureRef& base, const InputSlot& slot) { return fits(base->type, slot); };
    return std::equal(bases.begin(), bases.end(), slots.begin(), slots.end(), fitting) ||
           (primitive.commutative && std::equal(bases.rbegin(), bases.rend(), slots.begin(), slots.end(), fitting));
  });
}

void check_inputs(const Primitive& primitive, const std::vector<FeatureRef>& bases) {
  std::vector<core::Problem> problems;
  for (const FeatureRef& each : bases) {
    if (each->n_outputs > 1) {
      problems.push_back({.where = {},
                          .what = fmt::format("{} cannot take all {} outputs of {} at once", primitive.name,
                                              each->n_outputs, each->name),
                          .hint = fmt::format("take one, such as {}", column_names(*each).front())});
    }
  }
  if (problems.empty() && !takes(primitive, bases)) {
    std::string inputs;
    for (const FeatureRef& each : bases) {
      inputs += fmt::format("{}{} ({})", inputs.empty() ? "" : ", ", each->name, type_text(each->type));
    }
    std::string taken;
    for (const auto& slots : primitive.inputs) {
      taken += fmt::format("{}{}", taken.empty() ? "" : " or ", type_text(slots));
    }
    problems.push_back({.where = {},
                        .what = fmt::format("{} cannot be applied to {}", primitive.name, inputs),
                        .hint = fmt::format("it takes {}", taken)});
  }
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

void check_path(const core::EntitySet& set, core::TableId parent, core::TableId child,
                const std::vector<core::RelationshipId>& path) {
  core::TableId at = parent;
  for (const core::RelationshipId step : path) {
    GRIDMILL_ASSERT(set.relationships[step].parent == at, "the path leads down without a gap");
    at = set.relationships[step].child;
  }
  GRIDMILL_ASSERT(!path.empty() && at == child, "the path leads to the table of the inputs");
}

void check_where(const Where& where, core::TableId child) {
  GRIDMILL_ASSERT(where.feature != nullptr && where.feature->table == child, "the condition is on the child table");
  if (std::find(kComparisons.begin(), kComparisons.end(), where.comparison) == kComparisons.end()) {
    const std::vector<std::string> known(kComparisons.begin(), kComparisons.end());
    throw core::UserError(fmt::format("unknown comparison '{}'", where.comparison),
                          core::hint_for(where.comparison, known));
  }
  if ((where.comparison == "isin") != where.value.is_list()) {
    throw core::UserError(
        fmt::format("cannot compare {} {} {}", where.feature->name, where.comparison, where.value.python_repr()),
        "isin takes a list of values, the others one value");
  }
}

void check_use_previous(const core::EntityTable& table) {
  if (!table.time_index.empty()) return;
  throw core::UserError(fmt::format("table '{}' has no time index: 'use_previous' cannot be applied", table.name));
}

std::size_t depth_above(const Feature& feature) {
  std::size_t deepest = 0;
  for (const FeatureRef& each : feature.bases) deepest = std::max(deepest, each->depth);
  if (feature.group_by) deepest = std::max(deepest, feature.group_by->depth);
  if (feature.where) deepest = std::max(deepest, feature.where->feature->depth + 1);  // the comparison is a transform
  return deepest + 1;
}

/// Sets what follows from the primitive and the inputs.
FeatureRef with_primitive(const core::EntitySet& set, Feature feature) {
  const Primitive& primitive = *feature.primitive.primitive;
  check_inputs(primitive, feature.bases);
  feature.table = feature.kind == FeatureKind::aggregation ? feature.table : feature.bases.front()->table;
  feature.type = primitive.output ? *primitive.output : inherited(feature.bases.front()->type);
  feature.default_value = primitive.default_value;
  feature.n_outputs = feature.primitive.n_outputs();
  feature.depth = depth_above(feature);
  feature.name = generated_name(set, feature);
  return std::make_shared<const Feature>(std::move(feature));
}

}  // namespace

std::string_view name_of(FeatureKind kind) {
  switch (kind) {
    case FeatureKind::identity: return "identity";
    case FeatureKind::direct: return "direct";
    case FeatureKind::aggregation: return "aggregation";
    case FeatureKind::transform: return "transform";
    case FeatureKind::group_by_transform: return "group_by_transform";
    case FeatureKind::output_slice: return "output_slice";
  }
  GRIDMILL_ASSERT(false, "the kind is known");
}

FeatureRef make_identity(const core::EntitySet& set, core::TableId table, const std::string& column) {
  const core::EntityTable& owner = set.tables[table];
  const core::EntityColumn* found = owner.find(column);
  if (found == nullptr) {
    std::vector<std::string> known;
    for (const core::EntityColumn& each : owner.columns) known.push_back(each.name);
    throw core::UserError(fmt::format("table '{}' has no column '{}'", owner.name, column),
                          core::hint_for(column, known));
  }
  Feature feature;
  feature.kind = FeatureKind::identity;
  feature.table = table;
  feature.name = column;
  feature.column = column;
  feature.type = {.type = found->type, .tags = found->tags};
  return std::make_shared<const Feature>(std::move(feature));
}

FeatureRef make_direct(const core::EntitySet& set, FeatureRef base, core::RelationshipId relationship) {
  const core::Relationship& link = set.relationships[relationship];
  GRIDMILL_ASSERT(base->table == link.parent, "the feature belongs to the parent");
  Feature feature;
  feature.kind = FeatureKind::direct;
  feature.table = link.child;
  feature.type = base->type;
  feature.default_value = base->default_value;
  feature.depth = base->depth + 1;
  feature.n_outputs = base->n_outputs;
  feature.path = {relationship};
  feature.bases = {std::move(base)};
  feature.name = generated_name(set, feature);
  return std::make_shared<const Feature>(std::move(feature));
}

FeatureRef make_aggregation(const core::EntitySet& set, PrimitiveUse primitive, std::vector<FeatureRef> bases,
                            std::vector<core::RelationshipId> path, std::optional<Where> where,
                            std::optional<Window> use_previous) {
  GRIDMILL_ASSERT(!bases.empty() && !path.empty(), "an aggregation has inputs and a way to them");
  const core::TableId child = bases.front()->table;
  Feature feature;
  feature.kind = FeatureKind::aggregation;
  feature.table = set.relationships[path.front()].parent;
  check_path(set, feature.table, child, path);
  if (where) check_where(*where, child);
  if (use_previous) check_use_previous(set.tables[child]);
  feature.primitive = std::move(primitive);
  feature.bases = std::move(bases);
  feature.path = std::move(path);
  feature.where = std::move(where);
  feature.use_previous = use_previous;
  return with_primitive(set, std::move(feature));
}

FeatureRef make_transform(const core::EntitySet& set, PrimitiveUse primitive, std::vector<FeatureRef> bases) {
  GRIDMILL_ASSERT(!bases.empty(), "a transform has inputs");
  Feature feature;
  feature.kind = FeatureKind::transform;
  feature.primitive = std::move(primitive);
  feature.bases = std::move(bases);
  return with_primitive(set, std::move(feature));
}

FeatureRef make_group_by_transform(const core::EntitySet& set, PrimitiveUse primitive, std::vector<FeatureRef> bases,
                                   FeatureRef group_by) {
  GRIDMILL_ASSERT(!bases.empty(), "a transform has inputs");
  const core::Tags tags = group_by->type.tags;
  if (!tags.has(core::Tag::category) && !tags.has(core::Tag::foreign_key)) {
    throw core::UserError(fmt::format("cannot group by {} ({})", group_by->name, type_text(group_by->type)),
                          "groups are made by categories and foreign keys");
  }
  Feature feature;
  feature.kind = FeatureKind::group_by_transform;
  feature.primitive = std::move(primitive);
  feature.bases = std::move(bases);
  feature.group_by = std::move(group_by);
  return with_primitive(set, std::move(feature));
}

FeatureRef make_output_slice(FeatureRef base, std::size_t output) {
  GRIDMILL_ASSERT(base->n_outputs > 1 && output < base->n_outputs, "the feature has that output");
  Feature feature;
  feature.kind = FeatureKind::output_slice;
  feature.table = base->table;
  feature.name = column_names(*base)[output];
  feature.type = inherited(base->type);
  feature.default_value = base->default_value;
  feature.depth = base->depth + 1;
  feature.bases = {std::move(base)};
  feature.output = output;
  return std::make_shared<const Feature>(std::move(feature));
}

FeatureRef renamed(const Feature& feature, std::string name) {
  Feature copy = feature;
  copy.name = std::move(name);
  return std::make_shared<const Feature>(std::move(copy));
}

std::vector<std::string> column_names(const Feature& feature) {
  if (feature.n_outputs == 1) return {feature.name};
  // Featuretools numbers the outputs of a group-by transform before it says by what.
  const std::string by = feature.group_by ? " by " + feature.group_by->name : "";
  const bool numbers_inside = !by.empty() && feature.name.ends_with(by);
  const std::string stem = numbers_inside ? feature.name.substr(0, feature.name.size() - by.size()) : feature.name;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < feature.n_outputs; ++i) {
    names.push_back(fmt::format("{}[{}]{}", stem, i, numbers_inside ? by : ""));
  }
  return names;
}

}  // namespace gridmill::features
