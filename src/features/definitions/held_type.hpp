#pragma once

#include <optional>
#include <vector>

#include "core/logical_type.hpp"

namespace gridmill::features {

struct Feature;

/// How Featuretools holds the values of a feature while it computes with them. What becomes of missing ones depends on
/// that, not on the type that the feature declares: counts of an aggregation are floating point once one is missing.
struct HeldType {
  std::optional<core::LogicalType> type;  // nothing: some number
  /// In a type of pandas that has missing values of its own (Int64, Float64, boolean). They are unknown, not NaN.
  bool nullable = false;

  [[nodiscard]] bool is_nullable_integer() const { return nullable && type != core::LogicalType::real; }
  friend bool operator==(const HeldType&, const HeldType&) = default;
};

/// Returns how a stored column of that type is held.
HeldType held_column(core::LogicalType type);

/// Source: Featuretools 1.28 with pandas 1.5. Columns keep what Woodwork made of them, also as direct features; an
/// aggregation gives a nullable type where its input has one, and plain NumPy types otherwise.
HeldType held_type(const Feature& feature);

/// Returns the types of a feature's inputs.
std::vector<HeldType> held_inputs(const Feature& feature);

}  // namespace gridmill::features
