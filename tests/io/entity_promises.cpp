#include "entity_promises.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

#include <gtest/gtest.h>

namespace gridmill::io {
namespace {

using core::EntityData;
using core::kMissingTime;
using core::kNoRow;
using core::RowId;
using core::RowSet;
using core::TableId;
using Numbers = std::vector<std::int64_t>;

RowSet all_rows(const EntityData& data, TableId table) {
  return RowSet::range(0, data.entity_set().tables[table].n_rows);
}

/// What stands for a row's value: integers, codes.
Numbers values_of(const core::Column& column) {
  if (column.type == core::ColumnType::categorical) {
    const auto& codes = std::get<core::Column::Codes>(column.values);
    return {codes.begin(), codes.end()};
  }
  return std::get<core::Column::Integers>(column.values);
}

std::string text_of(const EntityData& data, TableId table, const std::string& name, RowId row) {
  const core::Column column = data.read(table, name, RowSet::range(row, 1));
  if (column.missing(0)) return "(missing)";
  const std::int64_t value = values_of(column).front();
  if (column.type != core::ColumnType::categorical) return std::to_string(value);
  return (*data.categories(table, name))[static_cast<std::size_t>(value)];
}

std::optional<core::RelationshipId> first_relationship(const core::EntitySet& set, TableId child) {
  for (core::RelationshipId id = 0; id < set.relationships.size(); ++id) {
    if (set.relationships[id].child == child) return id;
  }
  return std::nullopt;
}

void expect_table_order(const EntityData& data, TableId id) {
  const core::EntityTable& table = data.entity_set().tables[id];
  const Numbers order = data.in_table_order(id, 0, table.n_rows);
  EXPECT_EQ(std::set<RowId>(order.begin(), order.end()).size(), table.n_rows);
  const Numbers positions = data.table_positions(id, RowSet::of(order));
  for (std::size_t i = 0; i < positions.size(); ++i) ASSERT_EQ(positions[i], static_cast<std::int64_t>(i));
  if (table.time_index.empty() || table.n_rows == 0) return;
  const Numbers times = data.times(id, RowSet::of(order));
  const Numbers index = values_of(data.read(id, table.index, RowSet::of(order)));
  for (std::size_t i = 1; i < order.size(); ++i) {
    const auto key = [&](std::size_t at) { return std::tuple(times[at] == kMissingTime, times[at], index[at]); };
    ASSERT_LT(key(i - 1), key(i)) << table.name << " row " << order[i];
  }
}

/// Children of one parent in table order, parents in stored order, orphans last.
void expect_stored_order(const EntityData& data, TableId id) {
  const Numbers positions = data.table_positions(id, all_rows(data, id));
  const auto relationship = first_relationship(data.entity_set(), id);
  Numbers parents(positions.size(), 0);
  if (relationship) {
    parents = data.parents(*relationship, all_rows(data, id));
    EXPECT_TRUE(data.children_are_contiguous(*relationship));
  }
  for (std::size_t row = 1; row < positions.size(); ++row) {
    const auto key = [&](std::size_t at) { return std::tuple(parents[at] == kNoRow, parents[at], positions[at]); };
    ASSERT_LT(key(row - 1), key(row)) << data.entity_set().tables[id].name << " row " << row;
  }
}

void expect_links(const EntityData& data, core::RelationshipId id) {
  const core::Relationship& each = data.entity_set().relationships[id];
  const std::size_t n_parents = data.entity_set().tables[each.parent].n_rows;
  const Numbers parents = data.parents(id, all_rows(data, each.child));
  const Numbers offsets = data.child_offsets(id, 0, n_parents);
  ASSERT_EQ(offsets.size(), n_parents + 1);
  EXPECT_EQ(offsets.front(), 0);
  const auto n_matched = std::count_if(parents.begin(), parents.end(), [](RowId parent) { return parent != kNoRow; });
  EXPECT_EQ(offsets.back(), n_matched);
  for (std::size_t parent = 0; parent < n_parents; ++parent) {
    const auto n = static_cast<std::size_t>(offsets[parent + 1] - offsets[parent]);
    const Numbers children = data.children(id, offsets[parent], n);
    if (children.empty()) continue;
    const Numbers positions = data.table_positions(each.child, RowSet::of(children));
    EXPECT_TRUE(std::is_sorted(positions.begin(), positions.end()));
    for (const RowId child : children) {
      ASSERT_EQ(parents[static_cast<std::size_t>(child)], static_cast<RowId>(parent));
      EXPECT_EQ(text_of(data, each.child, each.child_column, child),
                text_of(data, each.parent, each.parent_column, static_cast<RowId>(parent)));
    }
  }
}

/// The latest of a row's own time and of all below it, by walking down.
std::int64_t latest_below(const EntityData& data, TableId table, RowId row) {
  const core::EntitySet& set = data.entity_set();
  std::int64_t latest =
      set.tables[table].time_index.empty() ? kMissingTime : data.times(table, RowSet::range(row, 1))[0];
  for (core::RelationshipId id = 0; id < set.relationships.size(); ++id) {
    if (set.relationships[id].parent != table || !set.raises_last_times(id)) continue;
    const Numbers offsets = data.child_offsets(id, row, 1);
    for (const RowId child : data.children(id, offsets[0], static_cast<std::size_t>(offsets[1] - offsets[0]))) {
      latest = std::max(latest, latest_below(data, set.relationships[id].child, child));
    }
  }
  return latest;
}

void expect_last_times(const EntityData& data, TableId id) {
  const Numbers last = data.last_times(id, all_rows(data, id));
  const std::size_t step = 1 + last.size() / 40;
  for (std::size_t row = 0; row < last.size(); row += step) {
    ASSERT_EQ(last[row], latest_below(data, id, static_cast<RowId>(row))) << data.entity_set().tables[id].name << row;
  }
}

void expect_found_by_index(const EntityData& data, TableId id) {
  const core::EntityTable& table = data.entity_set().tables[id];
  const std::size_t step = 1 + table.n_rows / 40;
  for (std::size_t row = 0; row < table.n_rows; row += step) {
    const auto wanted = static_cast<RowId>(row);
    ASSERT_EQ(data.find_row(id, text_of(data, id, table.index, wanted)), wanted) << table.name;
  }
  EXPECT_EQ(data.find_row(id, "no such key"), kNoRow);
}

/// Lists of rows give what ranges give.
void expect_lists_as_ranges(const EntityData& data, TableId id) {
  const core::EntityTable& table = data.entity_set().tables[id];
  Numbers backwards(table.n_rows);
  std::iota(backwards.rbegin(), backwards.rend(), RowId{0});
  if (backwards.empty()) return;
  for (const core::EntityColumn& column : table.columns) {
    const core::Column range = data.read(id, column.name, all_rows(data, id));
    const core::Column list = data.read(id, column.name, RowSet::of(backwards));
    const core::Column one = data.read(id, column.name, RowSet::of({backwards.data(), 1}));
    EXPECT_EQ(one.missing(0), list.missing(0));
    for (std::size_t i = 0; i < backwards.size(); ++i) {
      const auto row = static_cast<std::size_t>(backwards[i]);
      ASSERT_EQ(list.missing(i), range.missing(row));
      if (range.missing(row)) continue;
      std::visit(
          [&](const auto& values) {
            ASSERT_EQ(values[row], std::get<std::decay_t<decltype(values)>>(list.values)[i]) << column.name << row;
          },
          range.values);
    }
  }
}

}  // namespace

void expect_promises(const core::EntityData& data) {
  for (TableId id = 0; id < data.entity_set().tables.size(); ++id) {
    SCOPED_TRACE(data.entity_set().tables[id].name);
    expect_table_order(data, id);
    expect_stored_order(data, id);
    expect_last_times(data, id);
    expect_found_by_index(data, id);
    expect_lists_as_ranges(data, id);
  }
  for (core::RelationshipId id = 0; id < data.entity_set().relationships.size(); ++id) {
    SCOPED_TRACE(id);
    expect_links(data, id);
  }
}

}  // namespace gridmill::io
