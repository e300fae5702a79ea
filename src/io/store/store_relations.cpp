#include "io/store/store_relations.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <string>

#include <fmt/format.h>

#include "io/store/store_format.hpp"
#include "io/store/store_schema.hpp"

namespace gridmill::io {
namespace {

using core::EntityColumn;
using core::EntitySet;
using core::EntityTable;

enum class Width { as_needed, int64 };

void write_list(const hdf5::Group& group, const std::string& name, const std::optional<NumberList>& list,
                Width width = Width::as_needed) {
  if (!list) return;
  const bool narrow = width == Width::as_needed && list->max() <= std::numeric_limits<std::int32_t>::max();
  const hdf5::Dataset dataset =
      group.create_dataset(name, narrow ? hdf5::Element::int32 : hdf5::Element::int64, {list->size()});
  core::Column scratch;
  std::vector<std::int32_t> narrowed;
  std::size_t first = 0;
  for (std::size_t i = 0; i < list->n_pieces(); ++i) {
    const std::span<const std::int64_t> piece = list->piece(i, scratch);
    if (narrow) {
      narrowed.assign(piece.begin(), piece.end());
      dataset.write_rows(first, narrowed.size(), std::span<const std::int32_t>(narrowed));
    } else {
      dataset.write_rows(first, piece.size(), piece);
    }
    first += piece.size();
  }
}

using Lines = std::vector<std::vector<std::string>>;

void write_lines(const hdf5::Group& group, const std::string& name, const Lines& lines, std::size_t width) {
  std::vector<std::string> words;
  for (const auto& line : lines) words.insert(words.end(), line.begin(), line.end());
  group.create_dataset(name, hdf5::Element::text, {lines.size(), width})
      .write_rows(0, lines.size(), std::span<const std::string>(words));
}

Lines read_lines(const hdf5::Group& group, const std::string& name, std::size_t width) {
  const hdf5::Dataset dataset = group.dataset(name);
  const hdf5::Shape shape = dataset.shape();
  if (shape.size() != 2 || shape[1] != width) throw hdf5::Error(name + " has another shape");
  dataset.check_size();
  std::vector<std::string> words(shape[0] * width);
  dataset.read_rows(0, shape[0], std::span<std::string>(words));
  Lines lines;
  for (auto word = words.begin(); word != words.end(); word += static_cast<std::ptrdiff_t>(width)) {
    lines.emplace_back(word, word + static_cast<std::ptrdiff_t>(width));
  }
  return lines;
}

void write_meanings(const hdf5::Group& root, const EntitySet& set) {
  for (const EntityTable& table : set.tables) {
    const hdf5::Group group = root.group("tables").group(link_name(table.name));
    group.set_attribute("index", table.index);
    if (!table.time_index.empty()) group.set_attribute("time_index", table.time_index);
    for (const EntityColumn& column : table.columns) {
      const hdf5::Dataset dataset = group.dataset(link_name(column.name));
      dataset.set_attribute("logical_type", std::string(core::name_of(column.type)));
      if (!column.time_format.empty()) dataset.set_attribute("time_format", column.time_format);
    }
  }
}

void write_link(const hdf5::Group& group, const Relations::Link& link) {
  write_list(group, "offsets", link.offsets);
  write_list(group, "children", link.children);
  write_list(group, "parents", link.parents);
}

void write_order(const hdf5::Group& group, const Relations::Order& order) {
  write_list(group, "in_table_order", order.in_table_order);
  write_list(group, "table_positions", order.table_positions);
  write_list(group, "last_times", order.last_times, Width::int64);
}

/// What a column means that was imported alone.
core::LogicalType plain_meaning(const StoredColumn& stored) {
  using core::LogicalType;
  switch (stored.column.type) {
    case core::ColumnType::integer: return stored.valid.empty() ? LogicalType::integer : LogicalType::integer_nullable;
    case core::ColumnType::real: return LogicalType::real;
    case core::ColumnType::boolean: return stored.valid.empty() ? LogicalType::boolean : LogicalType::boolean_nullable;
    case core::ColumnType::categorical: return LogicalType::categorical;
    case core::ColumnType::datetime: return LogicalType::datetime;
    case core::ColumnType::text: return LogicalType::natural_language;
    case core::ColumnType::latlong: return LogicalType::lat_long;
    case core::ColumnType::key: return LogicalType::unknown;
  }
  throw hdf5::Error("a column has no type");
}

EntityColumn read_column(const StoredColumn& stored) {
  EntityColumn column{
      .name = stored.column.name, .type = core::LogicalType::real, .tags = {}, .time_format = stored.time_format};
  column.type = stored.logical_type.value_or(plain_meaning(stored));
  if (!stored.logical_type) column.tags = core::standard_tags(column.type);
  for (const std::string& word : stored.column.tags) {
    if (const std::optional<core::Tag> tag = core::tag_named(word)) column.tags.add(*tag);
  }
  return column;
}

void check_column(const EntityTable& table, const std::string& column) {
  if (table.find(column) == nullptr) throw hdf5::Error(fmt::format("table '{}' has no '{}'", table.name, column));
}

EntityTable read_table(const hdf5::Group& group, const std::string& link) {
  EntityTable table;
  table.name = text_attribute(group, "name", link);
  table.index = text_attribute(group, "index");
  table.time_index = text_attribute(group, "time_index");
  table.n_rows = stored_rows(group);
  for (const std::string& column : group.names()) {
    table.columns.push_back(read_column(read_stored_column(group, column, table.n_rows)));
  }
  if (!table.index.empty()) check_column(table, table.index);
  if (!table.time_index.empty()) {
    check_column(table, table.time_index);
    if (table.find(table.time_index)->type != core::LogicalType::datetime) throw hdf5::Error("times are no times");
  }
  return table;
}

core::TableId table_named(const EntitySet& set, const std::string& name) {
  const core::TableId id = set.find(name);
  if (id == set.tables.size()) throw hdf5::Error("relations name an unknown table");
  return id;
}

void read_secondary_times(const hdf5::Group& relations, EntitySet& set) {
  for (const auto& line : read_lines(relations, "secondary_times", 3)) {
    EntityTable& table = set.tables[table_named(set, line[0])];
    check_column(table, line[1]);
    check_column(table, line[2]);
    auto& times = table.secondary_times;
    if (times.empty() || times.back().time_column != line[1]) times.push_back({.time_column = line[1], .columns = {}});
    times.back().columns.push_back(line[2]);
  }
}

void read_relationships(const hdf5::Group& relations, EntitySet& set) {
  for (const auto& line : read_lines(relations, "relationships", 4)) {
    core::Relationship each{.parent = table_named(set, line[0]),
                            .child = table_named(set, line[2]),
                            .parent_column = line[1],
                            .child_column = line[3]};
    check_column(set.tables[each.parent], each.parent_column);
    check_column(set.tables[each.child], each.child_column);
    set.relationships.push_back(std::move(each));
  }
}

}  // namespace

void write_relations(const hdf5::Group& root, const EntitySet& set, const Relations& relations) {
  write_meanings(root, set);
  const hdf5::Group group = root.create_group("relations");
  Lines relationships, secondary;
  for (const core::Relationship& each : set.relationships) {
    relationships.push_back(
        {set.tables[each.parent].name, each.parent_column, set.tables[each.child].name, each.child_column});
  }
  for (const EntityTable& table : set.tables) {
    for (const core::SecondaryTime& time : table.secondary_times) {
      for (const std::string& column : time.columns) secondary.push_back({table.name, time.time_column, column});
    }
  }
  write_lines(group, "relationships", relationships, 4);
  write_lines(group, "secondary_times", secondary, 3);
  const hdf5::Group links = group.create_group("links");
  for (std::size_t id = 0; id < relations.links.size(); ++id) {
    write_link(links.create_group(std::to_string(id)), relations.links[id]);
  }
  const hdf5::Group orders = group.create_group("orders");
  for (std::size_t id = 0; id < relations.orders.size(); ++id) {
    write_order(orders.create_group(link_name(set.tables[id].name)), relations.orders[id]);
  }
}

EntitySet read_entity_set(const hdf5::Group& root) {
  EntitySet set;
  const hdf5::Group tables = root.group("tables");
  for (const std::string& link : tables.names()) set.tables.push_back(read_table(tables.group(link), link));
  if (!root.has("relations")) return set;
  const hdf5::Group relations = root.group("relations");
  read_secondary_times(relations, set);
  read_relationships(relations, set);
  return set;
}

}  // namespace gridmill::io
