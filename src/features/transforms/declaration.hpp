#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/logical_type.hpp"
#include "core/option.hpp"
#include "core/value.hpp"
#include "features/definitions/primitive.hpp"
#include "features/definitions/value_type.hpp"

/// Words to declare transforms with.
namespace gridmill::features::transforms {

using Slots = std::vector<InputSlot>;
using core::LogicalType;
using core::Tag;

inline InputSlot anything() { return {}; }
inline InputSlot of_type(LogicalType type) { return {.type = type, .tags = {}}; }
inline InputSlot tagged(Tag tag) { return {.type = std::nullopt, .tags = tag}; }
inline InputSlot numeric() { return tagged(Tag::numeric); }
inline InputSlot time_index() { return {.type = LogicalType::datetime, .tags = Tag::time_index}; }

inline ValueType as_number() { return tagged(Tag::numeric); }
inline ValueType as_double() { return {.type = LogicalType::real, .tags = Tag::numeric}; }
inline ValueType as_count() { return {.type = LogicalType::integer_nullable, .tags = Tag::numeric}; }
inline ValueType as_category() { return {.type = LogicalType::categorical, .tags = Tag::category}; }
inline ValueType as_ordinal() { return {.type = LogicalType::ordinal, .tags = Tag::category}; }
inline ValueType as_boolean() { return {.type = LogicalType::boolean, .tags = {}}; }
inline ValueType as_nullable_boolean() { return {.type = LogicalType::boolean_nullable, .tags = {}}; }

/// Declares a transform whose entries depend on their own row. Several `inputs` are alternatives.
inline Primitive transform(std::string name, std::vector<Slots> inputs, std::optional<ValueType> output,
                           std::string meaning, Transform kernel) {
  Primitive primitive;
  primitive.name = std::move(name);
  primitive.kind = PrimitiveKind::transform;
  primitive.meaning = std::move(meaning);
  primitive.inputs = std::move(inputs);
  primitive.output = output;
  primitive.transform = std::move(kernel);
  return primitive;
}

// Each returns the declaration with one thing more.
inline Primitive with(Primitive primitive, std::vector<core::OptionSpec> arguments) {
  primitive.arguments = std::move(arguments);
  return primitive;
}
inline Primitive over_table(Primitive primitive) {
  primitive.scope = Scope::table;
  return primitive;
}
inline Primitive at_cutoff(Primitive primitive) {
  primitive.uses_cutoff = true;
  return primitive;
}
inline Primitive in_any_order(Primitive primitive) {
  primitive.commutative = true;
  return primitive;
}
inline Primitive checked(Primitive primitive, std::function<std::optional<std::string>(const core::Params&)> problem) {
  primitive.problem = std::move(problem);
  return primitive;
}
inline Primitive ahead_if(Primitive primitive, std::function<bool(const core::Params&)> looks_ahead) {
  primitive.looks_ahead = std::move(looks_ahead);
  return primitive;
}
/// Looks at the row before, where Featuretools knows only the rows at hand (see features::Neighbourhood).
inline Primitive among_instances(Primitive primitive) {
  primitive.meaning +=
      " Rows that belong to no row of the target are passed over; where those have cutoff times of their own, so are "
      "rows that belong to none of the same time. Strict: all known rows count.";
  return over_table(std::move(primitive));
}
/// If the argument `periods` counts backwards.
inline Primitive ahead_if_negative(Primitive primitive) {
  return ahead_if(std::move(primitive),
                  [](const core::Params& arguments) { return arguments.at("periods").integer() < 0; });
}
inline Primitive by_default(Primitive primitive) {
  primitive.by_default = true;
  return primitive;
}
inline Primitive zero_when_missing(Primitive primitive) {
  primitive.default_value = 0;
  return primitive;
}
inline Primitive written(Primitive primitive,
                         std::function<std::string(std::span<const std::string>, const core::Params&)> write_name) {
  primitive.write_name = std::move(write_name);
  return primitive;
}

/// Moves all of `more` behind `list`.
inline void append(std::vector<Primitive>& list, std::vector<Primitive> more) {
  for (Primitive& each : more) list.push_back(std::move(each));
}

}  // namespace gridmill::features::transforms
