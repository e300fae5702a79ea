#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/entity_data.hpp"
#include "core/entity_set.hpp"
#include "io/store_relations.hpp"

namespace gridmill::io {

/// What the order of a table's rows depends on; rows are source rows.
struct TableKeys {
  std::size_t n_rows = 0;
  std::vector<std::int64_t> index;  // integers, or codes of sorted categories; empty: none
  std::vector<std::int64_t> times;  // time index; empty: none
};

/// The order in which tables are stored, and how their rows belong together.
struct StoredOrders {
  std::vector<std::vector<core::RowId>> rows;  // by table: source rows in stored order; empty: as in the source
  Relations relations;
};

/// Returns the tables so that parents come before their children, else in their order.
std::vector<core::TableId> parents_first(const core::EntitySet& set);

/// Finds the stored order of all tables (see core::EntityData).
///
/// `parents` has for each relationship the parent's source row of each source row of the child, or kNoRow. There are
/// no circles. Memory: some 50 bytes a row of all tables.
StoredOrders order_rows(const core::EntitySet& set, const std::vector<TableKeys>& keys,
                        std::vector<std::vector<core::RowId>> parents);

}  // namespace gridmill::io
