#include "features/definitions/stored_column.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "features/definitions/held_type.hpp"

namespace gridmill::features {
namespace {

using core::ColumnType;

bool is_whole_type(const std::optional<core::LogicalType>& type) {
  return type && core::column_type_of(*type) == ColumnType::integer;
}

/// Functions whose results are whole where all their numbers are, whatever type pandas holds them in.
bool keeps_whole_numbers(std::string_view name) {
  constexpr std::array<std::string_view, 31> kNames{"absolute",
                                                    "absolute_diff",
                                                    "add_numeric",
                                                    "add_numeric_scalar",
                                                    "cum_max",
                                                    "cum_min",
                                                    "cum_sum",
                                                    "diff",
                                                    "expanding_max",
                                                    "expanding_min",
                                                    "first",
                                                    "lag",
                                                    "last",
                                                    "max",
                                                    "max_min_delta",
                                                    "min",
                                                    "mode",
                                                    "modulo_by_feature",
                                                    "modulo_numeric",
                                                    "modulo_numeric_scalar",
                                                    "multiply_numeric",
                                                    "multiply_numeric_boolean",
                                                    "multiply_numeric_scalar",
                                                    "negate",
                                                    "numeric_lag",
                                                    "rolling_max",
                                                    "rolling_min",
                                                    "scalar_subtract_numeric_feature",
                                                    "subtract_numeric",
                                                    "subtract_numeric_scalar",
                                                    "sum"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool is_number(const Feature& feature) {
  return feature.type.tags.has(core::Tag::numeric) ||
         (feature.type.type && core::column_type_of(*feature.type.type) == ColumnType::real);
}

}  // namespace

ColumnType stored_column(const ValueType& type) {
  if (!type.type) return type.tags.has(core::Tag::category) ? ColumnType::categorical : ColumnType::real;
  const ColumnType held = core::column_type_of(*type.type);
  return held == ColumnType::key ? ColumnType::text : held;
}

ColumnType exact_column(const Feature& feature) {
  const bool is_extreme = feature.kind == FeatureKind::aggregation &&
                          (feature.primitive.primitive->name == "max" || feature.primitive.primitive->name == "min");
  return is_extreme && is_whole_type(held_type(feature).type) ? ColumnType::integer : stored_column(feature.type);
}

bool gives_whole_numbers(const Feature& feature) {
  if (is_whole_type(feature.type.type)) return true;
  switch (feature.kind) {
    case FeatureKind::identity: return false;
    case FeatureKind::direct:
    case FeatureKind::output_slice: return gives_whole_numbers(*feature.bases.front());
    case FeatureKind::aggregation:
    case FeatureKind::transform:
    case FeatureKind::group_by_transform: break;
  }
  if (!keeps_whole_numbers(feature.primitive.primitive->name)) return false;
  const auto value = feature.primitive.arguments.find("value");
  if (value != feature.primitive.arguments.end() && !value->second.is_integer()) return false;
  // Beside numbers there are times, by which rows are ordered, and booleans.
  const auto whole = [](const FeatureRef& base) { return gives_whole_numbers(*base); };
  return std::any_of(feature.bases.begin(), feature.bases.end(), whole) &&
         std::all_of(feature.bases.begin(), feature.bases.end(),
                     [&](const FeatureRef& base) { return whole(base) || !is_number(*base); });
}

}  // namespace gridmill::features
