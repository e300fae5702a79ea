#include "io/row_orderer.hpp"

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

bool is_identity(std::span<const RowId> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] != static_cast<RowId>(i)) return false;
  }
  return true;
}

std::size_t at(RowId row) { return static_cast<std::size_t>(row); }

/// Returns values[rows[i]] for each i.
std::vector<std::int64_t> taken(std::span<const std::int64_t> values, std::span<const RowId> rows) {
  std::vector<std::int64_t> result(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) result[i] = values[at(rows[i])];
  return result;
}

/// Where the children of each parent begin, in rows sorted by parent, kNoRow last.
std::vector<std::int64_t> offsets_of(std::span<const RowId> sorted_parents, std::size_t n_parents) {
  std::vector<std::int64_t> offsets(n_parents + 1);
  std::size_t row = 0;
  for (std::size_t parent = 0; parent <= n_parents; ++parent) {
    while (row < sorted_parents.size() && sorted_parents[row] != kNoRow &&
           sorted_parents[row] < static_cast<RowId>(parent)) {
      ++row;
    }
    offsets[parent] = static_cast<std::int64_t>(row);
  }
  return offsets;
}

}  // namespace

RowOrderer::RowOrderer(const core::EntitySet& set)
    : set_(set), n_rows_(set.tables.size()), positions_(set.tables.size()), times_(set.tables.size()) {
  relations_.links.resize(set.relationships.size());
  relations_.orders.resize(set.tables.size());
}

std::vector<RowId> RowOrderer::order(TableId table, TableKeys keys) {
  n_rows_[table] = keys.n_rows;
  Rows in_table_order = core::table_order(keys.n_rows, keys.times, keys.index);
  for (auto& [id, parents] : keys.parents) {
    const std::vector<std::int64_t>& positions = positions_[set_.relationships[id].parent];
    for (RowId& parent : parents) {
      if (parent != kNoRow) parent = positions[at(parent)];
    }
  }
  Rows stored = in_table_order;
  if (!keys.parents.empty()) {
    const auto& [first, parents] = *keys.parents.begin();
    stored = core::deal_to_parents(in_table_order, parents, n_rows_[set_.relationships[first].parent]).rows;
  }
  positions_[table] = core::positions_in(stored);
  for (RowId& row : in_table_order) row = positions_[table][at(row)];
  for (const auto& [id, parents] : keys.parents) link(id, stored, in_table_order, parents);
  keep_times(table, keys, stored);
  if (!is_identity(in_table_order)) relations_.orders[table].in_table_order = std::move(in_table_order);
  const bool is_parent = std::any_of(set_.relationships.begin(), set_.relationships.end(),
                                     [&](const core::Relationship& each) { return each.parent == table; });
  if (!is_parent) std::vector<std::int64_t>().swap(positions_[table]);
  if (is_identity(stored)) stored.clear();
  return stored;
}

/// Fills a link; from here on everything is in stored rows.
void RowOrderer::link(RelationshipId id, std::span<const RowId> stored, std::span<const RowId> in_table_order,
                      std::span<const RowId> parents) {
  Relations::Link& link = relations_.links[id];
  const TableId child = set_.relationships[id].child;
  const std::size_t n_parents = n_rows_[set_.relationships[id].parent];
  link.parents = taken(parents, stored);
  const auto first = std::find_if(set_.relationships.begin(), set_.relationships.end(),
                                  [&](const core::Relationship& each) { return each.child == child; });
  if (first == set_.relationships.begin() + static_cast<std::ptrdiff_t>(id)) {
    link.offsets = offsets_of(link.parents, n_parents);
    return;
  }
  core::ChildRows children = core::deal_to_parents(in_table_order, link.parents, n_parents);
  link.offsets = std::move(children.offsets);
  if (!is_identity(children.rows)) link.children = std::move(children.rows);
}

void RowOrderer::keep_times(TableId table, const TableKeys& keys, std::span<const RowId> stored) {
  const bool is_related = std::any_of(set_.relationships.begin(), set_.relationships.end(),
                                      [&](const auto& each) { return each.parent == table || each.child == table; });
  if (is_related && !keys.times.empty()) times_[table] = taken(keys.times, stored);
}

Relations RowOrderer::finish() {
  const std::vector<TableId> tables = parents_first(set_);
  for (auto it = tables.rbegin(); it != tables.rend(); ++it) find_last_times(*it);
  return std::move(relations_);
}

/// Tables without children have no later times than their own.
void RowOrderer::find_last_times(TableId table) {
  std::vector<std::int64_t>& last = relations_.orders[table].last_times;
  for (RelationshipId id = 0; id < set_.relationships.size(); ++id) {
    if (set_.relationships[id].parent != table || !set_.raises_last_times(id)) continue;
    if (last.empty()) last = times_[table];
    if (last.empty()) last.assign(n_rows_[table], core::kMissingTime);
    const TableId child = set_.relationships[id].child;
    const std::vector<std::int64_t>& below = relations_.orders[child].last_times;
    const std::vector<std::int64_t>& times = below.empty() ? times_[child] : below;
    if (!times.empty()) core::raise_last_times(last, relations_.links[id].parents, times);
  }
}

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

}  // namespace gridmill::io
