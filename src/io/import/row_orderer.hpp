#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/entity_data.hpp"
#include "core/entity_set.hpp"
#include "io/spool/column_spool.hpp"
#include "io/spool/number_list.hpp"
#include "io/spool/row_sorter.hpp"
#include "io/store/store_relations.hpp"

namespace gridmill::io {

/// What the order of a table's rows depends on; rows are source rows.
struct TableKeys {
  std::size_t n_rows = 0;
  const ParsedColumn* index = nullptr;  // integers, or sorted categories; needed for times and relationships
  const ParsedColumn* times = nullptr;  // time index; null: none
  /// By relationship of which the table is the child: the parent's stored row of each row, or kNoRow.
  std::map<core::RelationshipId, NumberList> parents;
};

/// Returns the tables so that parents come before their children, else in their order. There are no circles.
std::vector<core::TableId> parents_first(const core::EntitySet& set);

/// Finds the order in which tables are stored (see core::EntityData), one table after the other, parents first, and how
/// their rows belong together. Memory: that of `space`; all lists stand in the spool.
class RowOrderer {
 public:
  /// All must outlive it, and the spool its relations; only the relationships of `set` are looked at.
  RowOrderer(const core::EntitySet& set, ColumnSpool& spool, SortSpace& space);

  /// Returns source rows in stored order; nothing: as in the source. The table's parents have been ordered before.
  std::optional<NumberList> order(core::TableId table, TableKeys keys);

  /// Returns the keys of a table in stored order, until its last child has been ordered.
  [[nodiscard]] const NumberList& keys(core::TableId table) const { return *tables_[table].keys; }

  /// Returns the links of all tables, when all are ordered. The object is used up.
  Relations finish();

 private:
  /// What is kept of a table that has been ordered, in stored order.
  struct Ordered {
    std::size_t n_rows = 0;
    std::optional<NumberList> keys;
    std::optional<NumberList> times;
    std::size_t n_children_left = 0;  // relationships of which the child has not been ordered
  };
  struct Resorted {
    NumberList rows;     // stored rows
    NumberList offsets;  // where the rows of each group begin
  };

  [[nodiscard]] std::size_t n_parents(core::RelationshipId id) const;
  void add_rows(const TableKeys& keys, const NumberList* parents, RowSorter& sorter) const;
  NumberList sort_rows(core::TableId table, TableKeys& keys);
  void order_one_run(core::TableId table, const std::vector<std::int64_t>& ungrouped, const NumberList& stored);
  NumberList keys_of(const ParsedColumn& index);
  Resorted sort_again(core::TableId table, const NumberList& stored, const NumberList* parents, std::size_t n_parents);
  void keep_order(core::TableId table, NumberList in_table_order);
  void link_other(core::RelationshipId id, const NumberList& stored, NumberList parents);
  NumberList taken(const NumberList& list, const NumberList& rows);
  NumberList inverse(const NumberList& order);
  void let_go(core::TableId table);
  void find_last_times(core::TableId table);
  void raise(std::vector<std::int64_t>& window, std::size_t first, core::RelationshipId id);

  const core::EntitySet& set_;
  ColumnSpool& spool_;
  SortSpace& space_;
  std::vector<Ordered> tables_;
  Relations relations_;
};

}  // namespace gridmill::io
