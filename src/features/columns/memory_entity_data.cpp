#include "features/columns/memory_entity_data.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <type_traits>
#include <variant>

#include "core/error.hpp"
#include "core/stored_order.hpp"

namespace gridmill::features {
namespace {

using core::RowId;

template <class Entry>
std::vector<Entry> taken(const std::vector<Entry>& all, const core::RowSet& rows) {
  if (rows.list.empty()) {
    const auto first = all.begin() + rows.first;
    return {first, first + static_cast<std::ptrdiff_t>(rows.n)};
  }
  std::vector<Entry> entries;
  entries.reserve(rows.list.size());
  for (const RowId row : rows.list) entries.push_back(all[static_cast<std::size_t>(row)]);
  return entries;
}

core::Column taken(const core::Column& all, const core::RowSet& rows) {
  core::Column column{.name = all.name, .type = all.type, .tags = all.tags, .unit = all.unit};
  std::visit([&](const auto& values) { column.values = taken(values, rows); }, all.values);
  if (!all.valid.empty()) column.valid = taken(all.valid, rows);
  return column;
}

/// Returns what a key prints as, nothing if it is missing.
std::optional<std::string> key_text(const core::Column& column, std::size_t row) {
  if (column.missing(row)) return {};
  return std::visit(
      [&]<class Values>(const Values& values) -> std::optional<std::string> {
        using Entry = typename Values::value_type;
        if constexpr (std::is_same_v<Entry, std::int32_t>) {
          return column.categories[static_cast<std::size_t>(values[row])];
        } else if constexpr (std::is_same_v<Entry, std::string>) {
          return values[row];
        } else if constexpr (std::is_arithmetic_v<Entry>) {
          return std::to_string(static_cast<std::int64_t>(values[row]));
        } else {
          return {};
        }
      },
      column.values);
}

/// Returns numbers that sort as the index does.
std::vector<std::int64_t> index_ranks(const core::Column& index) {
  if (const auto* integers = std::get_if<core::Column::Integers>(&index.values)) return *integers;
  if (const auto* codes = std::get_if<core::Column::Codes>(&index.values)) return {codes->begin(), codes->end()};
  std::vector<std::int64_t> order(index.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::visit(
      [&order](const auto& values) {
        std::stable_sort(order.begin(), order.end(), [&values](std::int64_t a, std::int64_t b) {
          return values[static_cast<std::size_t>(a)] < values[static_cast<std::size_t>(b)];
        });
      },
      index.values);
  return core::positions_in(order);
}

/// Returns the parent row of each child, keys compared as what they print as.
std::vector<RowId> rows_by_text(const core::Column& keys, const std::unordered_map<std::string, RowId>& parents) {
  std::vector<RowId> rows(keys.size(), core::kNoRow);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::optional<std::string> text = key_text(keys, i);
    const auto found = text ? parents.find(*text) : parents.end();
    if (found != parents.end()) rows[i] = found->second;
  }
  return rows;
}

/// Returns the parent row of each child by numbers; nothing if the keys are none or far apart.
std::optional<std::vector<RowId>> rows_by_number(const core::Column& keys, const core::Column& index) {
  const auto* children = std::get_if<core::Column::Integers>(&keys.values);
  const auto* parents = std::get_if<core::Column::Integers>(&index.values);
  if (children == nullptr || parents == nullptr || parents->empty()) return {};
  const auto [low, high] = std::minmax_element(parents->begin(), parents->end());
  if (*high - *low > static_cast<std::int64_t>(16 * parents->size())) return {};
  std::vector<RowId> row_of(static_cast<std::size_t>(*high - *low) + 1, core::kNoRow);
  for (std::size_t i = 0; i < parents->size(); ++i) {
    row_of[static_cast<std::size_t>((*parents)[i] - *low)] = static_cast<RowId>(i);
  }
  std::vector<RowId> rows(children->size(), core::kNoRow);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int64_t key = (*children)[i];
    if (!keys.missing(i) && key >= *low && key <= *high) rows[i] = row_of[static_cast<std::size_t>(key - *low)];
  }
  return rows;
}

core::Column& column_named(core::Table& table, const std::string& name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&name](const core::Column& column) { return column.name == name; });
  GRIDMILL_ASSERT(found != table.columns.end(), name);
  return *found;
}

const core::Column& column_named(const core::Table& table, const std::string& name) {
  const core::Column* column = table.find(name);
  GRIDMILL_ASSERT(column != nullptr, name);
  return *column;
}

/// Returns tables in an order in which parents come before their children.
std::vector<core::TableId> parents_first(const core::EntitySet& set) {
  std::vector<core::TableId> order;
  std::vector<bool> done(set.tables.size(), false);
  while (order.size() < set.tables.size()) {
    for (core::TableId id = 0; id < set.tables.size(); ++id) {
      const bool waits = std::any_of(set.relationships.begin(), set.relationships.end(),
                                     [&](const core::Relationship& r) { return r.child == id && !done[r.parent]; });
      if (done[id] || waits) continue;
      order.push_back(id);
      done[id] = true;
    }
  }
  return order;
}

}  // namespace

MemoryEntityData::MemoryEntityData(core::EntitySet set, std::vector<core::Table> tables)
    : set_(std::move(set)), stored_(set_.tables.size()), links_(set_.relationships.size()) {
  GRIDMILL_ASSERT(tables.size() == set_.tables.size(), "a table for each");
  for (const core::TableId id : parents_first(set_)) store(id, std::move(tables[id]));
  set_last_times();
}

void MemoryEntityData::store(core::TableId id, core::Table table) {
  core::EntityTable& entity = set_.tables[id];
  Stored& stored = stored_[id];
  const std::size_t n = table.n_rows();
  entity.n_rows = n;
  const core::Column& index = column_named(std::as_const(table), entity.index);
  const auto* times = entity.time_index.empty() ? nullptr : &column_named(std::as_const(table), entity.time_index);
  std::vector<RowId> order = core::table_order(
      n, times == nullptr ? core::Column::Integers{} : std::get<core::Column::Integers>(times->values),
      index_ranks(index));

  std::vector<std::vector<RowId>> parents(links_.size());
  std::vector<RowId> by_first_parent = order;
  bool is_first = true;
  for (core::RelationshipId r = 0; r < links_.size(); ++r) {
    const core::Relationship& relationship = set_.relationships[r];
    if (relationship.child != id) continue;
    const Stored& above = stored_[relationship.parent];
    const core::Column& keys = column_named(std::as_const(table), relationship.child_column);
    const core::Column& parent_index = column_named(above.table, relationship.parent_column);
    std::optional<std::vector<RowId>> rows = rows_by_number(keys, parent_index);
    parents[r] = rows ? std::move(*rows) : rows_by_text(keys, rows_by_key(relationship.parent));
    if (is_first) by_first_parent = core::deal_to_parents(order, parents[r], above.table.n_rows()).rows;
    is_first = false;
  }

  const std::vector<std::int64_t> stored_row = core::positions_in(by_first_parent);
  for (RowId& row : order) row = stored_row[static_cast<std::size_t>(row)];
  const core::RowSet moved = core::RowSet::of(by_first_parent);
  for (core::Column& column : table.columns) {
    if (n == 0) break;
    std::vector<std::string> categories = std::move(column.categories);
    column = taken(column, moved);
    column.categories = std::move(categories);
  }
  is_first = true;
  for (core::RelationshipId r = 0; r < links_.size(); ++r) {
    if (set_.relationships[r].child != id) continue;
    Link& link = links_[r];
    link.parents = n == 0 ? std::vector<RowId>{} : taken(parents[r], moved);
    core::ChildRows dealt =
        core::deal_to_parents(order, link.parents, stored_[set_.relationships[r].parent].table.n_rows());
    link.offsets = std::move(dealt.offsets);
    if (!is_first) link.children = std::move(dealt.rows);
    is_first = false;
  }

  stored.position = core::positions_in(order);
  stored.order = std::move(order);
  stored.table = std::move(table);
  for (core::Column& column : stored.table.columns) {
    if (column.type != core::ColumnType::categorical) continue;
    stored.categories[column.name] = std::make_shared<const std::vector<std::string>>(column.categories);
  }
}

const std::unordered_map<std::string, RowId>& MemoryEntityData::rows_by_key(core::TableId table) const {
  const Stored& stored = stored_[table];
  if (!stored.rows_by_key.empty()) return stored.rows_by_key;
  const core::Column& key = column_named(stored.table, set_.tables[table].index);
  for (std::size_t row = 0; row < key.size(); ++row) {
    stored.rows_by_key.emplace(*key_text(key, row), static_cast<RowId>(row));
  }
  return stored.rows_by_key;
}

void MemoryEntityData::set_last_times() {
  std::vector<core::TableId> order = parents_first(set_);
  for (core::TableId id = 0; id < stored_.size(); ++id) {
    Stored& stored = stored_[id];
    stored.last_times.assign(stored.table.n_rows(), core::kMissingTime);
    if (set_.tables[id].time_index.empty()) continue;
    stored.last_times = std::get<core::Column::Integers>(column_named(stored.table, set_.tables[id].time_index).values);
  }
  for (auto child = order.rbegin(); child != order.rend(); ++child) {
    for (core::RelationshipId r = 0; r < links_.size(); ++r) {
      if (set_.relationships[r].child != *child || !set_.raises_last_times(r)) continue;
      core::raise_last_times(stored_[set_.relationships[r].parent].last_times, links_[r].parents,
                             stored_[*child].last_times);
    }
  }
}

core::Column MemoryEntityData::read(core::TableId table, const std::string& column, const core::RowSet& rows) const {
  return taken(column_named(stored_[table].table, column), rows);
}

std::shared_ptr<const std::vector<std::string>> MemoryEntityData::categories(core::TableId table,
                                                                             const std::string& column) const {
  return stored_[table].categories.at(column);
}

std::vector<std::int64_t> MemoryEntityData::child_offsets(core::RelationshipId relationship, RowId first,
                                                          std::size_t n) const {
  return taken(links_[relationship].offsets, core::RowSet::range(first, n + 1));
}

std::vector<RowId> MemoryEntityData::children(core::RelationshipId relationship, std::int64_t first,
                                              std::size_t n) const {
  if (!children_are_contiguous(relationship)) {
    return taken(links_[relationship].children, core::RowSet::range(first, n));
  }
  std::vector<RowId> rows(n);
  std::iota(rows.begin(), rows.end(), first);
  return rows;
}

std::vector<RowId> MemoryEntityData::parents(core::RelationshipId relationship, const core::RowSet& rows) const {
  return taken(links_[relationship].parents, rows);
}

std::vector<RowId> MemoryEntityData::in_table_order(core::TableId table, RowId first, std::size_t n) const {
  return taken(stored_[table].order, core::RowSet::range(first, n));
}

std::vector<std::int64_t> MemoryEntityData::table_positions(core::TableId table, const core::RowSet& rows) const {
  return taken(stored_[table].position, rows);
}

std::vector<std::int64_t> MemoryEntityData::times(core::TableId table, const core::RowSet& rows) const {
  const core::Column& column = column_named(stored_[table].table, set_.tables[table].time_index);
  return taken(std::get<core::Column::Integers>(column.values), rows);
}

std::vector<std::int64_t> MemoryEntityData::last_times(core::TableId table, const core::RowSet& rows) const {
  return taken(stored_[table].last_times, rows);
}

RowId MemoryEntityData::find_row(core::TableId table, const std::string& key) const {
  const std::unordered_map<std::string, RowId>& rows = rows_by_key(table);
  const auto found = rows.find(key);
  return found == rows.end() ? core::kNoRow : found->second;
}

}  // namespace gridmill::features
