#include "io/row_links.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "core/stored_order.hpp"

namespace gridmill::io {
namespace {

using core::kNoRow;
using core::RelationshipId;
using core::RowId;
using core::TableId;
using Rows = std::vector<RowId>;

bool is_identity(const Rows& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] != static_cast<RowId>(i)) return false;
  }
  return true;
}

std::size_t at(RowId row) { return static_cast<std::size_t>(row); }

std::vector<RelationshipId> relationships_of_child(const core::EntitySet& set, TableId child) {
  std::vector<RelationshipId> found;
  for (RelationshipId id = 0; id < set.relationships.size(); ++id) {
    if (set.relationships[id].child == child) found.push_back(id);
  }
  return found;
}

/// Orders one table after the other, parents first.
class Orderer {
 public:
  Orderer(const core::EntitySet& set, const std::vector<TableKeys>& keys, std::vector<Rows> parents)
      : set_(set), keys_(keys), parents_(std::move(parents)), positions_(set.tables.size()) {
    orders_.rows.resize(set.tables.size());
    orders_.relations.orders.resize(set.tables.size());
    orders_.relations.links.resize(set.relationships.size());
  }

  StoredOrders run() {
    const std::vector<TableId> tables = parents_first(set_);
    for (const TableId table : tables) order(table);
    for (auto it = tables.rbegin(); it != tables.rend(); ++it) find_last_times(*it);
    return std::move(orders_);
  }

 private:
  void order(TableId table) {
    const TableKeys& keys = keys_[table];
    Rows by_time = core::table_order(keys.n_rows, keys.times, keys.index);
    const std::vector<RelationshipId> relationships = relationships_of_child(set_, table);
    for (const RelationshipId id : relationships) to_stored_parents(id);
    Rows stored = relationships.empty() ? by_time : by_first_parent(relationships.front(), by_time);
    positions_[table] = core::positions_in(stored);
    for (RowId& row : by_time) row = positions_[table][at(row)];
    for (const RelationshipId id : relationships) link(id, stored, by_time);
    if (!is_identity(by_time)) orders_.relations.orders[table].in_table_order = std::move(by_time);
    if (!is_identity(stored)) orders_.rows[table] = std::move(stored);
  }

  void to_stored_parents(RelationshipId id) {
    const std::vector<std::int64_t>& positions = positions_[set_.relationships[id].parent];
    for (RowId& parent : parents_[id]) {
      if (parent != kNoRow) parent = positions[at(parent)];
    }
  }

  [[nodiscard]] std::size_t n_parents(RelationshipId id) const { return keys_[set_.relationships[id].parent].n_rows; }

  Rows by_first_parent(RelationshipId id, const Rows& by_time) {
    return core::deal_to_parents(by_time, parents_[id], n_parents(id)).rows;
  }

  /// Fills a link; from here on everything is in stored rows.
  void link(RelationshipId id, const Rows& stored, const Rows& in_table_order) {
    Relations::Link& link = orders_.relations.links[id];
    link.parents.resize(stored.size());
    for (std::size_t row = 0; row < stored.size(); ++row) link.parents[row] = parents_[id][at(stored[row])];
    Rows().swap(parents_[id]);
    core::ChildRows children = core::deal_to_parents(in_table_order, link.parents, n_parents(id));
    link.offsets = std::move(children.offsets);
    if (!is_identity(children.rows)) link.children = std::move(children.rows);
  }

  /// Tables without children have no later times than their own.
  void find_last_times(TableId table) {
    std::vector<std::int64_t>& times = orders_.relations.orders[table].last_times;
    for (RelationshipId id = 0; id < set_.relationships.size(); ++id) {
      if (set_.relationships[id].parent != table || !set_.raises_last_times(id)) continue;
      if (times.empty()) times = own_times(table);
      const TableId child = set_.relationships[id].child;
      const std::vector<std::int64_t>& last = orders_.relations.orders[child].last_times;
      core::raise_last_times(times, orders_.relations.links[id].parents, last.empty() ? own_times(child) : last);
    }
  }

  [[nodiscard]] std::vector<std::int64_t> own_times(TableId table) const {
    const TableKeys& keys = keys_[table];
    std::vector<std::int64_t> times(keys.n_rows, core::kMissingTime);
    if (keys.times.empty()) return times;
    for (std::size_t row = 0; row < times.size(); ++row) times[at(positions_[table][row])] = keys.times[row];
    return times;
  }

  const core::EntitySet& set_;
  const std::vector<TableKeys>& keys_;
  std::vector<Rows> parents_;                         // by source row of the child, then as stored rows of the parent
  std::vector<std::vector<std::int64_t>> positions_;  // by table: stored row of each source row
  StoredOrders orders_;
};

}  // namespace

std::vector<TableId> parents_first(const core::EntitySet& set) {
  std::vector<TableId> order;
  const auto is_placed = [&](TableId table) { return std::find(order.begin(), order.end(), table) != order.end(); };
  const auto is_ready = [&](TableId table) {
    return !is_placed(table) &&
           std::all_of(set.relationships.begin(), set.relationships.end(),
                       [&](const core::Relationship& each) { return each.child != table || is_placed(each.parent); });
  };
  while (order.size() < set.tables.size()) {
    TableId table = 0;
    while (table < set.tables.size() && !is_ready(table)) ++table;
    GRIDMILL_ASSERT(table < set.tables.size(), "relationships have no circles");
    order.push_back(table);
  }
  return order;
}

StoredOrders order_rows(const core::EntitySet& set, const std::vector<TableKeys>& keys,
                        std::vector<std::vector<RowId>> parents) {
  return Orderer(set, keys, std::move(parents)).run();
}

}  // namespace gridmill::io
