#include "io/store/store_entity_data.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/file_descriptor.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/store/column_conversion.hpp"
#include "io/store/store.hpp"
#include "io/store/store_format.hpp"
#include "io/store/store_relations.hpp"
#include "io/store/store_schema.hpp"
#include "io/store/stored_array.hpp"
#include "io/tables/nullable_type.hpp"
#include "io/tables/table_source.hpp"
#include "io/text/categories.hpp"
#include "io/text/cell.hpp"
#include "io/text/datetime.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;
using core::RowId;
using core::RowSet;
using core::TableId;
using Labels = std::shared_ptr<const std::vector<std::string>>;

/// Returns rows [first, first + n), as RowSet has them.
std::vector<std::int64_t> listed(const RowSet& rows) {
  std::vector<std::int64_t> list(rows.size());
  for (std::size_t i = 0; i < list.size(); ++i) list[i] = rows[i];
  return list;
}

template <class Values>
void require(const Values& values, std::int64_t least, std::int64_t end, const char* what) {
  std::int64_t low = least;
  std::int64_t high = end - 1;
  for (const std::int64_t value : values) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (low < least || high >= end) throw hdf5::Error(fmt::format("{} lie outside of what they refer to", what));
}

/// A column with what is needed to read it.
struct OpenColumn {
  StoredColumn stored;
  StoredArray values;
  std::optional<StoredArray> valid;
  Labels labels;  // read when first asked for
};

/// How a column is read that is held otherwise.
struct ReadAs {
  ColumnType type = ColumnType::text;
  Labels categories;  // categorical only
};

}  // namespace

struct StoreEntityData::State {
  explicit State(const std::filesystem::path& store_path)
      : path(store_path), store(open_store(store_path)), file(store.bytes), library_file(store.library) {}

  struct OpenTable {
    hdf5::Group group;
    std::map<std::string, std::string> links;  // of columns, by name
    std::map<std::string, OpenColumn> columns;
    std::unordered_map<std::int64_t, RowId> rows;              // by index value or code; filled when first asked for
    std::unordered_map<std::string_view, std::int64_t> codes;  // of an index of words; likewise
    std::optional<StoredArray> in_table_order, positions, last_times;
  };
  struct OpenLink {
    StoredArray offsets, parents;
    std::optional<StoredArray> children;
  };

  std::filesystem::path path;
  StoreFile store;
  const CheckedFile& file;
  const hdf5::File& library_file;
  core::EntitySet set;
  mutable std::vector<OpenTable> tables;
  std::vector<OpenLink> links;
  std::map<std::pair<TableId, std::string>, ReadAs> read_otherwise;

  void open() {
    const hdf5::Group root = library_file.root();
    set = read_entity_set(root);
    open_tables(root);
    if (!root.has("relations")) return;
    const hdf5::Group relations = root.group("relations");
    const hdf5::Group orders = relations.group("orders");
    for (TableId id = 0; id < set.tables.size(); ++id) open_order(orders.group(link_name(set.tables[id].name)), id);
    for (std::size_t id = 0; id < set.relationships.size(); ++id) {
      open_link(relations.group("links").group(std::to_string(id)), set.relationships[id]);
    }
  }

  void open_tables(const hdf5::Group& root) {
    const hdf5::Group group = root.group("tables");
    for (const std::string& link : group.names()) {
      OpenTable table{.group = group.group(link)};
      for (const std::string& column : table.group.names()) {
        table.links.emplace(text_attribute(table.group.dataset(column), "name", column), column);
      }
      tables.push_back(std::move(table));
    }
  }

  [[nodiscard]] std::optional<StoredArray> list(const hdf5::Group& group, const char* name, std::size_t n) const {
    if (!group.has(name)) return std::nullopt;
    StoredArray array(group.dataset(name), file);
    if (array.n_rows() != n) throw hdf5::Error(fmt::format("'{}' has another length than its table", name));
    return array;
  }

  [[nodiscard]] StoredArray needed(const hdf5::Group& group, const char* name, std::size_t n) const {
    std::optional<StoredArray> array = list(group, name, n);
    if (!array) throw hdf5::Error(fmt::format("'{}' is not there", name));
    return *std::move(array);
  }

  void open_order(const hdf5::Group& group, TableId id) {
    const std::size_t n = set.tables[id].n_rows;
    tables[id].in_table_order = list(group, "in_table_order", n);
    tables[id].positions = list(group, "table_positions", n);
    tables[id].last_times = list(group, "last_times", n);
  }

  void open_link(const hdf5::Group& group, const core::Relationship& relationship) {
    const std::size_t n_children = set.tables[relationship.child].n_rows;
    links.push_back({.offsets = needed(group, "offsets", set.tables[relationship.parent].n_rows + 1),
                     .parents = needed(group, "parents", n_children),
                     .children = list(group, "children", n_children)});
  }

  OpenColumn& column(TableId table, const std::string& name) const {
    OpenTable& open = tables[table];
    if (const auto found = open.columns.find(name); found != open.columns.end()) return found->second;
    const auto link = open.links.find(name);
    GRIDMILL_ASSERT(link != open.links.end(), "the entity set names the columns there are");
    StoredColumn stored = read_stored_column(open.group, link->second, set.tables[table].n_rows);
    StoredArray values(open.group.dataset(link->second), file);
    std::optional<StoredArray> valid;
    if (!stored.valid.empty()) valid.emplace(library_file.root().dataset(stored.valid), file);
    if (valid && valid->n_rows() != values.n_rows()) throw hdf5::Error("a mask has another length than its column");
    OpenColumn column{
        .stored = std::move(stored), .values = std::move(values), .valid = std::move(valid), .labels = {}};
    return open.columns.emplace(name, std::move(column)).first->second;
  }

  const Labels& labels(OpenColumn& column) const {
    if (!column.labels) {
      column.labels =
          std::make_shared<const std::vector<std::string>>(read_categories(library_file.root(), column.stored));
    }
    return column.labels;
  }

  [[nodiscard]] const ReadAs* otherwise(TableId table, const std::string& name) const {
    const auto found = read_otherwise.find({table, name});
    return found == read_otherwise.end() ? nullptr : &found->second;
  }

  Column read(TableId table, const std::string& name, const RowSet& rows) const {
    OpenColumn& open = column(table, name);
    Column stored = read_stored(open, rows);
    const ReadAs* const as = otherwise(table, name);
    std::optional<std::string> ignored;  // all fit: take_type has looked
    return as == nullptr ? stored
                         : read_as(std::move(stored), known_labels(open), as->type, known(as->categories), ignored);
  }

  static const std::vector<std::string>& known(const Labels& labels) {
    static const std::vector<std::string> kNone;
    return labels ? *labels : kNone;
  }

  const std::vector<std::string>& known_labels(OpenColumn& open) const {
    return known(open.stored.column.type == ColumnType::categorical ? labels(open) : nullptr);
  }

  /// Reads the entries of a column as another type; tries whether all fit first. Returns one that does not.
  std::optional<std::string> read_otherwise_from_now(TableId table, const std::string& name, ColumnType type) {
    constexpr std::size_t kBlock = 1U << 16U;  // rows
    OpenColumn& open = column(table, name);
    const std::vector<std::string>& words = known_labels(open);
    ReadAs as{.type = type, .categories = {}};
    if (type == ColumnType::categorical) as.categories = categories_of(open);
    std::optional<std::string> unfit;
    for (std::size_t row = 0; row < open.values.n_rows() && !unfit; row += kBlock) {
      const std::size_t n = std::min(kBlock, open.values.n_rows() - row);
      (void)read_as(read_stored(open, RowSet::range(static_cast<RowId>(row), n)), words, type, known(as.categories),
                    unfit);
    }
    if (!unfit) read_otherwise[{table, name}] = std::move(as);
    return unfit;
  }

  [[nodiscard]] bool any_missing(TableId table, const std::string& name) const {
    const std::size_t n = set.tables[table].n_rows;
    return n > 0 && read(table, name, RowSet::range(0, n)).n_missing() > 0;
  }

  /// The distinct words of a column of texts, sorted; of others none.
  Labels categories_of(OpenColumn& open) const {
    std::set<std::string> words;
    const ColumnType held = open.stored.column.type;
    const std::size_t n = held == ColumnType::text || held == ColumnType::key ? open.values.n_rows() : 0;
    if (n > 0) {
      const Column texts = read_stored(open, RowSet::range(0, n));
      for (std::size_t row = 0; row < n; ++row) {
        if (!texts.missing(row)) words.insert(std::get<Column::Texts>(texts.values)[row]);
      }
    }
    std::vector<std::string> sorted(words.begin(), words.end());
    sort_categories(sorted);
    return std::make_shared<const std::vector<std::string>>(std::move(sorted));
  }

  Column read_stored(OpenColumn& open, const RowSet& rows) const {
    Column column = open.stored.column;
    if (open.values.n_rows() == 0) return empty_column(column);
    switch (column.type) {
      case ColumnType::integer:
      case ColumnType::datetime: column.values = open.values.read<std::int64_t>(rows); break;
      case ColumnType::real: column.values = open.values.read<double>(rows); break;
      case ColumnType::boolean: column.values = open.values.read<std::uint8_t>(rows); break;
      case ColumnType::latlong: column.values = open.values.read<std::array<double, 2>>(rows); break;
      case ColumnType::text:
      case ColumnType::key: column.values = open.values.read<std::string>(rows); break;
      case ColumnType::categorical: {
        column.values = open.values.read<std::int32_t>(rows);
        const auto n_labels = static_cast<std::int64_t>(labels(open)->size());
        require(std::get<Column::Codes>(column.values), core::kMissingCode, n_labels, "codes");
        break;
      }
    }
    if (open.valid) column.valid = open.valid->read<std::uint8_t>(rows);
    if (std::find(column.valid.begin(), column.valid.end(), 0) == column.valid.end()) column.valid.clear();
    return column;
  }

  /// Index values, or their codes.
  [[nodiscard]] std::vector<std::int64_t> index_values(OpenColumn& index) const {
    const RowSet all = RowSet::range(0, index.values.n_rows());
    if (index.stored.column.type != ColumnType::categorical) return index.values.read<std::int64_t>(all);
    const std::vector<std::int32_t> codes = index.values.read<std::int32_t>(all);
    return {codes.begin(), codes.end()};
  }

  [[nodiscard]] std::optional<std::int64_t> index_value(OpenTable& table, OpenColumn& index,
                                                        const std::string& key) const {
    if (index.stored.column.type == ColumnType::integer) return parse_integer(key);
    if (index.stored.column.type == ColumnType::datetime) return parse_datetime(key);
    const std::vector<std::string>& words = *labels(index);  // stay with the column
    for (std::size_t code = table.codes.size(); code < words.size(); ++code) {
      table.codes.emplace(words[code], static_cast<std::int64_t>(code));
    }
    const auto found = table.codes.find(key);
    if (found == table.codes.end()) return std::nullopt;
    return found->second;
  }

  [[nodiscard]] RowId find_row(TableId table, const std::string& key) const {
    if (set.tables[table].index.empty()) return core::kNoRow;
    OpenColumn& index = column(table, set.tables[table].index);
    auto& rows = tables[table].rows;
    if (rows.empty()) {
      const std::vector<std::int64_t> values = index_values(index);
      for (std::size_t row = 0; row < values.size(); ++row) rows.emplace(values[row], static_cast<RowId>(row));
    }
    const std::optional<std::int64_t> value = index_value(tables[table], index, key);
    const auto found = value ? rows.find(*value) : rows.end();
    return found == rows.end() ? core::kNoRow : found->second;
  }

  /// Runs `read` with damage turned into words.
  template <class Read>
  auto guarded(Read read) const {
    try {
      return read();
    } catch (const hdf5::Error& error) {
      refuse_unreadable(path, error);
    }
  }
};

StoreEntityData::StoreEntityData(const std::filesystem::path& path) : state_(new State(path)) {
  state_->guarded([&] { state_->open(); });
}

StoreEntityData::~StoreEntityData() = default;

namespace {

/// Gives a column a type and the tags that come with it; those of roles and of the user stay.
void set_type(core::EntityColumn& column, core::LogicalType type) {
  for (const core::Tag tag : {core::Tag::numeric, core::Tag::category}) {
    if (core::standard_tags(column.type).has(tag)) column.tags.remove(tag);
    if (core::standard_tags(type).has(tag) && !column.tags.has(core::Tag::index)) column.tags.add(tag);
  }
  column.type = type;
}

}  // namespace

std::optional<std::string> StoreEntityData::take_type(TableId table, const std::string& column,
                                                      core::LogicalType type) {
  core::EntityTable& in = state_->set.tables[table];
  const auto found =
      std::find_if(in.columns.begin(), in.columns.end(), [&](const auto& c) { return c.name == column; });
  if (found == in.columns.end() || found->type == type || type == core::LogicalType::unknown) return std::nullopt;
  return state_->guarded([&]() -> std::optional<std::string> {
    const ColumnType held = state_->column(table, column).stored.column.type;
    const ColumnType wanted = core::column_type_of(type);
    const bool has_role = column == in.index || column == in.time_index;
    if (held != wanted && has_role) return std::nullopt;
    if (held != wanted) {
      if (auto unfit = state_->read_otherwise_from_now(table, column, wanted)) return unfit;
    }
    const bool may_miss = held != wanted || !state_->column(table, column).stored.valid.empty();
    set_type(*found, may_miss && state_->any_missing(table, column) ? nullable(type) : type);
    return std::nullopt;
  });
}

const core::EntitySet& StoreEntityData::entity_set() const { return state_->set; }

Column StoreEntityData::read(TableId table, const std::string& column, const RowSet& rows) const {
  return state_->guarded([&] { return state_->read(table, column, rows); });
}

Labels StoreEntityData::categories(TableId table, const std::string& column) const {
  return state_->guarded([&] {
    const ReadAs* const as = state_->otherwise(table, column);
    return as == nullptr ? state_->labels(state_->column(table, column)) : as->categories;
  });
}

std::vector<std::int64_t> StoreEntityData::child_offsets(core::RelationshipId relationship, RowId first,
                                                         std::size_t n) const {
  return state_->guarded([&] {
    std::vector<std::int64_t> offsets = state_->links[relationship].offsets.read_integers(RowSet::range(first, n + 1));
    const auto n_children = static_cast<std::int64_t>(state_->links[relationship].parents.n_rows());
    require(offsets, 0, n_children + 1, "children");
    if (!std::is_sorted(offsets.begin(), offsets.end())) throw hdf5::Error("children are out of order");
    return offsets;
  });
}

bool StoreEntityData::children_are_contiguous(core::RelationshipId relationship) const {
  return !state_->links[relationship].children;
}

std::vector<RowId> StoreEntityData::children(core::RelationshipId relationship, std::int64_t first,
                                             std::size_t n) const {
  const State::OpenLink& link = state_->links[relationship];
  if (!link.children) return listed(RowSet::range(first, n));
  return state_->guarded([&] {
    std::vector<RowId> rows = link.children->read_integers(RowSet::range(first, n));
    require(rows, 0, static_cast<std::int64_t>(link.parents.n_rows()), "children");
    return rows;
  });
}

std::vector<RowId> StoreEntityData::parents(core::RelationshipId relationship, const RowSet& rows) const {
  const State::OpenLink& link = state_->links[relationship];
  return state_->guarded([&] {
    std::vector<RowId> parents = link.parents.read_integers(rows);
    require(parents, core::kNoRow, static_cast<std::int64_t>(link.offsets.n_rows()) - 1, "parents");
    return parents;
  });
}

std::vector<RowId> StoreEntityData::in_table_order(TableId table, RowId first, std::size_t n) const {
  const std::optional<StoredArray>& order = state_->tables[table].in_table_order;
  if (!order) return listed(RowSet::range(first, n));
  return state_->guarded([&] {
    std::vector<RowId> rows = order->read_integers(RowSet::range(first, n));
    require(rows, 0, static_cast<std::int64_t>(order->n_rows()), "rows");
    return rows;
  });
}

std::vector<std::int64_t> StoreEntityData::table_positions(TableId table, const RowSet& rows) const {
  const std::optional<StoredArray>& positions = state_->tables[table].positions;
  if (!positions) return listed(rows);
  return state_->guarded([&] {
    std::vector<std::int64_t> found = positions->read_integers(rows);
    require(found, 0, static_cast<std::int64_t>(positions->n_rows()), "positions");
    return found;
  });
}

std::vector<std::int64_t> StoreEntityData::times(TableId table, const RowSet& rows) const {
  const std::string& time_index = state_->set.tables[table].time_index;
  GRIDMILL_ASSERT(!time_index.empty(), "times are asked of tables that have them");
  return state_->guarded([&] { return state_->column(table, time_index).values.read<std::int64_t>(rows); });
}

std::vector<std::int64_t> StoreEntityData::last_times(TableId table, const RowSet& rows) const {
  const std::optional<StoredArray>& times = state_->tables[table].last_times;
  if (times) return state_->guarded([&] { return times->read<std::int64_t>(rows); });
  if (!state_->set.tables[table].time_index.empty()) return this->times(table, rows);
  return std::vector<std::int64_t>(rows.size(), core::kMissingTime);
}

RowId StoreEntityData::find_row(TableId table, const std::string& key) const {
  return state_->guarded([&] { return state_->find_row(table, key); });
}

}  // namespace gridmill::io
