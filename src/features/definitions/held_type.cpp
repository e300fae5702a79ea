#include "features/definitions/held_type.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "features/definitions/feature.hpp"

namespace gridmill::features {
namespace {

using core::LogicalType;

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_whole_or_boolean(LogicalType type) {
  return core::column_type_of(type) == core::ColumnType::integer ||
         core::column_type_of(type) == core::ColumnType::boolean;
}

/// Of aggregations that state no type, those whose results are whole where their input is.
bool keeps_whole(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames{"max", "max_count", "max_min_delta", "min", "sum"};
  return is_one_of(name, kNames);
}

/// Of transforms that state no type, those whose results are integers where all inputs (and the argument) are.
bool keeps_integers(std::string_view name) {
  constexpr std::array<std::string_view, 15> kNames{"absolute",
                                                    "add_numeric",
                                                    "add_numeric_scalar",
                                                    "cum_max",
                                                    "cum_min",
                                                    "cum_sum",
                                                    "modulo_by_feature",
                                                    "modulo_numeric",
                                                    "modulo_numeric_scalar",
                                                    "multiply_numeric",
                                                    "multiply_numeric_scalar",
                                                    "negate",
                                                    "scalar_subtract_numeric_feature",
                                                    "subtract_numeric",
                                                    "subtract_numeric_scalar"};
  return is_one_of(name, kNames);
}

bool is_integer(const HeldType& held) {
  return held.type && core::column_type_of(*held.type) == core::ColumnType::integer;
}

HeldType held_transform(const Feature& feature) {
  const std::vector<HeldType> bases = held_inputs(feature);
  HeldType held{.type = feature.type.type};
  held.nullable = feature.primitive.primitive->name == "multiply_numeric_boolean" ||
                  std::any_of(bases.begin(), bases.end(), [](const HeldType& each) { return each.nullable; });
  const auto value = feature.primitive.arguments.find("value");
  const bool of_integers = std::all_of(bases.begin(), bases.end(), is_integer) &&
                           (value == feature.primitive.arguments.end() || value->second.is_integer());
  if (!held.type && of_integers && keeps_integers(feature.primitive.primitive->name)) {
    held.type = held.nullable ? LogicalType::integer_nullable : LogicalType::integer;
  }
  return held;
}

/// pandas gives the results of a function of one column that column's type if they fit into it.
HeldType held_aggregation(const Feature& feature) {
  const Primitive& primitive = *feature.primitive.primitive;
  if (feature.bases.empty()) return {.type = feature.type.type};
  const HeldType base = held_type(*feature.bases.front());
  HeldType held{.type = feature.type.type};
  if (!held.type && keeps_whole(primitive.name)) held.type = base.type;
  const bool of_one_column = feature.bases.size() == 1 && feature.n_outputs == 1 && !primitive.uses_cutoff;
  const bool as_double = primitive.name == "mean" || primitive.name == "variance";
  held.nullable = base.nullable && of_one_column && (as_double || (held.type && is_whole_or_boolean(*held.type)));
  if (as_double) held.type = LogicalType::real;
  return held;
}

}  // namespace

HeldType held_column(LogicalType type) {
  const bool nullable = type == LogicalType::integer_nullable || type == LogicalType::age_nullable ||
                        type == LogicalType::boolean_nullable;
  return {.type = type, .nullable = nullable};
}

HeldType held_type(const Feature& feature) {
  switch (feature.kind) {
    case FeatureKind::identity: return feature.type.type ? held_column(*feature.type.type) : HeldType{};
    case FeatureKind::direct:
    case FeatureKind::output_slice: return held_type(*feature.bases.front());
    case FeatureKind::aggregation: return held_aggregation(feature);
    case FeatureKind::group_by_transform: break;  // put into a column that began as NaN
    case FeatureKind::transform: return held_transform(feature);
  }
  return {.type = feature.type.type};
}

std::vector<HeldType> held_inputs(const Feature& feature) {
  std::vector<HeldType> types;
  for (const FeatureRef& base : feature.bases) types.push_back(held_type(*base));
  return types;
}

}  // namespace gridmill::features
