#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/entity_set.hpp"
#include "core/value.hpp"
#include "features/definitions/feature.hpp"

namespace gridmill::features {

inline constexpr const char* kDefinitionsFormat = "gridmill features";
inline constexpr std::int64_t kDefinitionsVersion = 1;

/// Returns features as a value that can be kept as JSON and read back, also beside other rows of the same kind:
///
///   {"format": "gridmill features", "version": 1, "features": [3, ...], "definitions": [
///     {"kind": "identity", "table": "orders", "column": "amount"}, ...
///     {"kind": "aggregation", "name": "SUM(orders.amount)", "primitive": {"name": "sum", ...}, "inputs": [0],
///      "path": [{"parent": "customers", "child": "orders", "key": "customer_id"}]}, ...]}
///
/// Tables and columns stand by name, other definitions by their place in the list, before which they come: what several
/// features share is there once. Primitives stand with all their arguments.
core::Value definitions_of(const core::EntitySet& set, std::span<const FeatureRef> features);

/// Reads what `definitions_of` returned. Features have the names they had, whatever else there is in `set`.
/// Errors: UserError naming all tables, columns, relationships and primitives that are missing, inputs of another type
/// than they were made for, entries that are not as they should be, a version that is not known.
std::vector<FeatureRef> read_definitions(const core::EntitySet& set, const core::Value& definitions);

}  // namespace gridmill::features
