#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/entity_data.hpp"

namespace gridmill::core {

// The orders that EntityData promises, from keys alone. "Source rows" are rows as the user's file has them.

/// Returns source rows in table order: by (time, index), missing times last, rows equal in both as in the source.
///
/// Shapes: `times` and `index` have n_rows entries, or `times` none: then the order of the source. `index` holds
/// integers, or codes of sorted categories. Cost: O(n_rows), times of many digits more.
std::vector<RowId> table_order(std::size_t n_rows, std::span<const std::int64_t> times,
                               std::span<const std::int64_t> index);

/// The rows of a child by parent row.
struct ChildRows {
  std::vector<std::int64_t> offsets;  // n_parents + 1: where in `rows` the children of a parent begin
  std::vector<RowId> rows;            // those without a parent come last, behind offsets.back()
};

/// Deals rows to their parents and keeps their order within each.
///
/// `order` lists all rows; `parents` has one entry a row: its parent's row in [0, n_parents), or kNoRow.
ChildRows deal_to_parents(std::span<const RowId> order, std::span<const RowId> parents, std::size_t n_parents);

/// Returns the position of each row in `order`, which lists them all.
std::vector<std::int64_t> positions_in(std::span<const RowId> order);

/// Raises the last times of parents to those of their children. Start with the tables that have none.
void raise_last_times(std::span<std::int64_t> parent_times, std::span<const RowId> parents,
                      std::span<const std::int64_t> child_times);

}  // namespace gridmill::core
