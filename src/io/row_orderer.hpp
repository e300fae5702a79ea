#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "core/entity_data.hpp"
#include "core/entity_set.hpp"
#include "io/store_relations.hpp"

namespace gridmill::io {

/// What the order of a table's rows depends on; rows are source rows.
struct TableKeys {
  std::size_t n_rows = 0;
  std::vector<std::int64_t> index;  // integers, or codes of sorted categories; needed where there are times
  std::vector<std::int64_t> times;  // time index; empty: none
  /// By relationship of which the table is the child: the parent's source row of each row, or kNoRow.
  std::map<core::RelationshipId, std::vector<core::RowId>> parents;
};

/// Returns the tables so that parents come before their children, else in their order. There are no circles.
std::vector<core::TableId> parents_first(const core::EntitySet& set);

/// Finds the order in which tables are stored (see core::EntityData), one table after the other, parents first, and how
/// their rows belong together. Memory: while a table is ordered some 70 bytes a row; then what is stored of its links,
/// and 16 bytes a row that has a time or children.
class RowOrderer {
 public:
  /// `set` must outlive it; only its relationships are looked at.
  explicit RowOrderer(const core::EntitySet& set);

  /// Returns source rows in stored order; empty: as in the source. The table's parents have been ordered before.
  std::vector<core::RowId> order(core::TableId table, TableKeys keys);

  /// Returns the links of all tables, when all are ordered. The object is used up.
  Relations finish();

 private:
  void link(core::RelationshipId id, std::span<const core::RowId> stored, std::span<const core::RowId> in_table_order,
            std::span<const core::RowId> parents);
  void keep_times(core::TableId table, const TableKeys& keys, std::span<const core::RowId> stored);
  void find_last_times(core::TableId table);

  const core::EntitySet& set_;
  std::vector<std::size_t> n_rows_;                   // by table
  std::vector<std::vector<std::int64_t>> positions_;  // by table: stored row of each source row
  std::vector<std::vector<std::int64_t>> times_;      // by table, in stored order; empty: no time index
  Relations relations_;
};

}  // namespace gridmill::io
