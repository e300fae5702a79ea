#include "io/import/row_orderer.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "io/import/key_column.hpp"
#include "io/import/ordered_writer.hpp"

namespace gridmill::io {
namespace {

using core::kNoRow;
using core::RelationshipId;
using core::TableId;
using Numbers = std::vector<std::int64_t>;

/// Where the rows of each group begin, as sorted rows come.
class Offsets {
 public:
  Offsets(std::size_t n_groups, ColumnSpool& spool) : n_groups_(n_groups), list_(spool) {}

  void add(std::int64_t group) {
    while (group != kNoRow && static_cast<std::int64_t>(list_.size()) <= group) list_.append(n_grouped_);
    n_grouped_ += group == kNoRow ? 0 : 1;
  }
  NumberList finish() {
    while (list_.size() <= n_groups_) list_.append(n_grouped_);
    list_.close();
    return std::move(list_);
  }

 private:
  std::size_t n_groups_;
  NumberList list_;
  std::int64_t n_grouped_ = 0;
};

std::span<const std::int64_t> piece_or_none(const NumberList* list, std::size_t index, core::Column& scratch) {
  if (list == nullptr) return {};
  return list->piece(index, scratch);
}

std::span<const std::int64_t> times_of(const ParsedColumn* times, std::size_t index, const ColumnSpool& spool,
                                       core::Column& scratch) {
  if (times == nullptr) return {};
  return std::get<core::Column::Integers>(piece_of(*times, index, spool, scratch).values);
}

void append(std::span<const SortedRow> rows, std::int64_t SortedRow::*what, NumberList& list) {
  for (const SortedRow& row : rows) list.append(row.*what);
}

void drop(std::optional<NumberList>& list) {
  if (list) list->drop();
  list.reset();
}

}  // namespace

RowOrderer::RowOrderer(const core::EntitySet& set, ColumnSpool& spool, SortSpace& space)
    : set_(set), spool_(spool), space_(space), tables_(set.tables.size()) {
  for (const core::Relationship& each : set.relationships) ++tables_[each.parent].n_children_left;
  relations_.links.resize(set.relationships.size());
  relations_.orders.resize(set.tables.size());
}

std::size_t RowOrderer::n_parents(RelationshipId id) const { return tables_[set_.relationships[id].parent].n_rows; }

std::optional<NumberList> RowOrderer::order(TableId table, TableKeys keys) {
  tables_[table].n_rows = keys.n_rows;
  if (keys.parents.empty() && keys.times == nullptr) {
    if (tables_[table].n_children_left > 0) tables_[table].keys = keys_of(*keys.index);
    let_go(table);
    return std::nullopt;
  }
  NumberList stored = sort_rows(table, keys);
  for (auto& [id, parents] : keys.parents) {
    if (id != keys.parents.begin()->first) link_other(id, stored, std::move(parents));
  }
  if (keys.times == nullptr && tables_[table].n_children_left > 0) {
    NumberList source_keys = keys_of(*keys.index);
    tables_[table].keys = taken(source_keys, stored);
    source_keys.drop();
  }
  let_go(table);
  if (!stored.is_identity()) return stored;
  stored.drop();
  return std::nullopt;
}

NumberList RowOrderer::keys_of(const ParsedColumn& index) {
  NumberList keys(spool_);
  KeyReader reader(index, spool_);
  for (std::size_t i = 0; i < reader.n_pieces(); ++i) keys.append(reader.piece(i).values);
  keys.close();
  return keys;
}

void RowOrderer::add_rows(const TableKeys& keys, const NumberList* parents, RowSorter& sorter) const {
  core::Column group_scratch, time_scratch;
  KeyReader reader(*keys.index, spool_);
  for (std::size_t i = 0; i < reader.n_pieces(); ++i) {
    const KeyPiece key = keys.times == nullptr ? KeyPiece{} : reader.piece(i);
    sorter.add(piece_or_none(parents, i, group_scratch), times_of(keys.times, i, spool_, time_scratch), key.values);
  }
}

/// Sorts by the first parent, then by time and index, or else by source row; fills the first link and the order.
NumberList RowOrderer::sort_rows(TableId table, TableKeys& keys) {
  const bool has_parent = !keys.parents.empty();
  const bool has_times = keys.times != nullptr;
  const std::size_t n_groups = has_parent ? n_parents(keys.parents.begin()->first) : 0;
  NumberList* const parents = has_parent ? &keys.parents.begin()->second : nullptr;
  RowSorter sorter(keys.n_rows, n_groups, space_);
  add_rows(keys, parents, sorter);
  if (has_parent) parents->drop();
  const bool is_one_run = sorter.is_one_run();
  const Numbers ungrouped = is_one_run && has_parent ? sorter.ungrouped() : Numbers();
  const bool keeps_keys = has_times && (!is_one_run || keys.parents.size() > 1 || tables_[table].n_children_left > 0);
  NumberList stored(spool_), sorted_parents(spool_), sorted_times(spool_), sorted_keys(spool_);
  Offsets offsets(n_groups, spool_);
  for (auto rows = sorter.next(); !rows.empty(); rows = sorter.next()) {
    append(rows, &SortedRow::row, stored);
    if (has_times) append(rows, &SortedRow::time, sorted_times);
    if (keeps_keys) append(rows, &SortedRow::key, sorted_keys);
    if (!has_parent) continue;
    append(rows, &SortedRow::group, sorted_parents);
    for (const SortedRow& row : rows) offsets.add(row.group);
  }
  for (NumberList* list : {&stored, &sorted_parents, &sorted_times, &sorted_keys}) list->close();
  if (has_times) tables_[table].times = std::move(sorted_times);
  if (keeps_keys) tables_[table].keys = std::move(sorted_keys);
  if (!has_parent) return stored;
  Relations::Link& link = relations_.links[keys.parents.begin()->first];
  link.parents = std::move(sorted_parents);
  link.offsets = offsets.finish();
  if (is_one_run) {
    order_one_run(table, ungrouped, stored);
  } else {
    keep_order(table, sort_again(table, stored, nullptr, 0).rows);
  }
  return stored;
}

/// The table order of rows of one run, which were put into it on the way to the stored order.
void RowOrderer::order_one_run(TableId table, const Numbers& ungrouped, const NumberList& stored) {
  Numbers positions(stored.size());
  core::Column scratch;
  std::int64_t position = 0;
  for (std::size_t i = 0; i < stored.n_pieces(); ++i) {
    for (const std::int64_t row : stored.piece(i, scratch)) positions[static_cast<std::size_t>(row)] = position++;
  }
  NumberList rows(spool_);
  for (const std::int64_t row : ungrouped) rows.append(positions[static_cast<std::size_t>(row)]);
  rows.close();
  keep_order(table, std::move(rows));
}

void RowOrderer::keep_order(TableId table, NumberList in_table_order) {
  if (in_table_order.is_identity()) return in_table_order.drop();
  relations_.orders[table].table_positions = inverse(in_table_order);
  relations_.orders[table].in_table_order = std::move(in_table_order);
}

/// Sorts stored rows by a parent (null: all by one) and then into table order.
RowOrderer::Resorted RowOrderer::sort_again(TableId table, const NumberList& stored, const NumberList* parents,
                                            std::size_t n_parents) {
  const Ordered& ordered = tables_[table];
  RowSorter sorter(ordered.n_rows, n_parents, space_);
  core::Column group_scratch, time_scratch, key_scratch;
  for (std::size_t i = 0; i < stored.n_pieces(); ++i) {
    sorter.add(piece_or_none(parents, i, group_scratch),
               piece_or_none(ordered.times ? &*ordered.times : nullptr, i, time_scratch),
               (ordered.times ? *ordered.keys : stored).piece(i, key_scratch));
  }
  NumberList rows(spool_);
  Offsets offsets(n_parents, spool_);
  for (SortedRows sorted(sorter); sorted.front() != nullptr; sorted.pop()) {
    rows.append(sorted.front()->row);
    if (parents != nullptr) offsets.add(sorted.front()->group);
  }
  rows.close();
  return {.rows = std::move(rows), .offsets = offsets.finish()};
}

/// Fills the link of a relationship that does not decide the stored order; `parents` are by source row.
void RowOrderer::link_other(RelationshipId id, const NumberList& stored, NumberList parents) {
  Relations::Link& link = relations_.links[id];
  link.parents = taken(parents, stored);
  parents.drop();
  Resorted children = sort_again(set_.relationships[id].child, stored, &*link.parents, n_parents(id));
  link.offsets = std::move(children.offsets);
  if (children.rows.is_identity()) return children.rows.drop();
  link.children = std::move(children.rows);
}

/// Returns the numbers at `rows`.
NumberList RowOrderer::taken(const NumberList& list, const NumberList& rows) {
  NumberList result(spool_);
  each_part_in_order(list.column(), rows, space_.memory, spool_, [&](core::Column&& part) {
    for (const std::int64_t number : std::get<core::Column::Integers>(part.values)) result.append(number);
  });
  result.close();
  return result;
}

/// Returns the position of each row in `order`, window after window of rows.
NumberList RowOrderer::inverse(const NumberList& order) {
  NumberList positions(spool_);
  core::Column scratch;
  const std::size_t window_rows = std::max(kPieceRows, space_.memory / sizeof(std::int64_t));
  Numbers window;
  for (std::size_t first = 0; first < order.size(); first += window_rows) {
    window.resize(std::min(window_rows, order.size() - first));
    std::int64_t position = 0;
    for (std::size_t i = 0; i < order.n_pieces(); ++i) {
      for (const std::int64_t row : order.piece(i, scratch)) {
        const std::size_t place = static_cast<std::size_t>(row) - first;  // wraps before the window
        if (place < window.size()) window[place] = position;
        ++position;
      }
    }
    for (const std::int64_t each : window) positions.append(each);
  }
  positions.close();
  return positions;
}

/// Drops keys that no child will look up any more, and times that nobody asks for.
void RowOrderer::let_go(TableId table) {
  bool is_child = false;
  for (const core::Relationship& each : set_.relationships) {
    if (each.child != table) continue;
    is_child = true;
    if (--tables_[each.parent].n_children_left == 0) drop(tables_[each.parent].keys);
  }
  if (tables_[table].n_children_left > 0) return;
  drop(tables_[table].keys);
  if (!is_child) drop(tables_[table].times);
}

Relations RowOrderer::finish() {
  const std::vector<TableId> tables = parents_first(set_);
  for (auto it = tables.rbegin(); it != tables.rend(); ++it) find_last_times(*it);
  return std::move(relations_);
}

/// Tables without children have no later times than their own.
void RowOrderer::find_last_times(TableId table) {
  std::vector<RelationshipId> raising;
  for (RelationshipId id = 0; id < set_.relationships.size(); ++id) {
    if (set_.relationships[id].parent == table && set_.raises_last_times(id)) raising.push_back(id);
  }
  const Ordered& ordered = tables_[table];
  if (raising.empty() || ordered.n_rows == 0) return;
  NumberList last(spool_);
  const std::size_t window_rows = std::max(kPieceRows, space_.memory / sizeof(std::int64_t));
  for (std::size_t first = 0; first < ordered.n_rows; first += window_rows) {
    const std::size_t n = std::min(window_rows, ordered.n_rows - first);
    Numbers window = ordered.times ? ordered.times->range(first, n) : Numbers(n, core::kMissingTime);
    for (const RelationshipId id : raising) raise(window, first, id);
    for (const std::int64_t time : window) last.append(time);
  }
  last.close();
  relations_.orders[table].last_times = std::move(last);
}

/// Raises the times of parents [first, ...) to the last ones of their children.
void RowOrderer::raise(Numbers& window, std::size_t first, RelationshipId id) {
  const TableId child = set_.relationships[id].child;
  const std::optional<NumberList>& below = relations_.orders[child].last_times;
  const std::optional<NumberList>& times = below ? below : tables_[child].times;
  if (!times) return;
  const NumberList& parents = *relations_.links[id].parents;
  core::Column parent_scratch, time_scratch;
  for (std::size_t i = 0; i < parents.n_pieces(); ++i) {
    const std::span<const std::int64_t> rows = parents.piece(i, parent_scratch);
    const std::span<const std::int64_t> of_child = times->piece(i, time_scratch);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const std::size_t place = static_cast<std::size_t>(rows[row]) - first;  // none, or before the window: wraps
      if (place < window.size()) window[place] = std::max(window[place], of_child[row]);
    }
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
