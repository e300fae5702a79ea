#include "io/store.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "io/file_descriptor.hpp"
#include "io/hdf5.hpp"
#include "io/store_format.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

template <class Entry>
void read_entries(const hdf5::Dataset& dataset, std::size_t first, std::vector<Entry>& entries) {
  if constexpr (std::is_same_v<Entry, std::array<double, 2>>) {
    double* const flat = entries.empty() ? nullptr : entries.front().data();
    dataset.read_rows(first, entries.size(), std::span<double>(flat, 2 * entries.size()));
  } else {
    dataset.read_rows(first, entries.size(), std::span<Entry>(entries));
  }
}

}  // namespace

struct StoreReader::State {
  std::filesystem::path path;
  hdf5::File file;
  std::vector<std::string> names;
  std::map<std::string, std::string> links;  // of tables, by name

  [[noreturn]] void refuse(std::string what, std::string hint = {}) const {
    throw core::UserError(core::Problem{{path.string()}, std::move(what), std::move(hint)});
  }

  template <class Read>
  auto guarded(Read read) const {
    try {
      return read();
    } catch (const hdf5::Error& error) {
      refuse(fmt::format("is damaged or cut short: {}", error.what()), "import it again");
    }
  }

  [[nodiscard]] hdf5::Group table(const std::string& name) const {
    const auto found = links.find(name);
    if (found == links.end()) refuse(fmt::format("no table '{}'", name), core::hint_for(name, names));
    return file.root().group("tables").group(found->second);
  }

  static std::string text(const hdf5::Node& node, const std::string& attribute, std::string otherwise = {}) {
    if (!node.has_attribute(attribute)) return otherwise;
    const hdf5::Attribute value = node.attribute(attribute);
    if (!std::holds_alternative<std::string>(value)) throw hdf5::Error("attribute " + attribute + " is not a text");
    return std::get<std::string>(value);
  }

  static std::int64_t integer(const hdf5::Node& node, const std::string& attribute) {
    const hdf5::Attribute value = node.attribute(attribute);
    if (!std::holds_alternative<std::int64_t>(value))
      throw hdf5::Error("attribute " + attribute + " is not an integer");
    return std::get<std::int64_t>(value);
  }

  [[nodiscard]] std::size_t rows_of(const hdf5::Group& group) const {
    const std::int64_t n_rows = integer(group, "n_rows");
    if (n_rows < 0) throw hdf5::Error("the number of rows is negative");
    return static_cast<std::size_t>(n_rows);
  }

  /// The column behind a link, without rows; checked, so that reading can rely on it.
  [[nodiscard]] Column column(const hdf5::Group& group, const std::string& link, std::size_t n_rows) const {
    const hdf5::Dataset dataset = group.dataset(link);
    Column column;
    column.name = text(dataset, "name", link);
    const std::string type_name = text(dataset, "type");
    const std::optional<ColumnType> type = column_type_named(type_name);
    if (!type) throw hdf5::Error(fmt::format("column '{}' has the unknown type '{}'", column.name, type_name));
    column.type = *type;
    column.unit = text(dataset, "unit");
    column.tags = split(text(dataset, "tags"));
    const hdf5::Shape shape = *type == ColumnType::latlong ? hdf5::Shape{n_rows, 2} : hdf5::Shape{n_rows};
    if (dataset.shape() != shape || dataset.element() != element_of(*type)) {
      throw hdf5::Error(fmt::format("column '{}' has not the shape or entries of its type", column.name));
    }
    column = empty_column(column);
    if (*type == ColumnType::categorical) {
      const hdf5::Dataset categories = file.root().dataset(text(dataset, "categories"));
      if (categories.shape().size() != 1) throw hdf5::Error("categories are not a list");
      column.categories.resize(categories.shape().front());
      categories.read_rows(0, column.categories.size(), std::span<std::string>(column.categories));
    }
    return column;
  }

  [[nodiscard]] Column read(const hdf5::Group& group, const Column& wanted, std::size_t first, std::size_t n) const {
    Column column = empty_column(wanted, n);
    const hdf5::Dataset dataset = group.dataset(link_name(wanted.name));
    std::visit([&](auto& entries) { read_entries(dataset, first, entries); }, column.values);
    if (dataset.has_attribute("valid")) {
      column.valid.resize(n);
      file.root().dataset(text(dataset, "valid")).read_rows(first, n, std::span<std::uint8_t>(column.valid));
      if (std::find(column.valid.begin(), column.valid.end(), 0) == column.valid.end()) column.valid.clear();
    }
    check_codes(column);
    return column;
  }

  /// Codes index the categories everywhere else: a damaged file must not get that far.
  static void check_codes(const Column& column) {
    if (column.type != ColumnType::categorical) return;
    const auto n_categories = static_cast<std::int64_t>(column.categories.size());
    for (const std::int32_t code : std::get<Column::Codes>(column.values)) {
      if (code < core::kMissingCode || code >= n_categories) {
        throw hdf5::Error(fmt::format("column '{}' has codes without a category", column.name));
      }
    }
  }
};

namespace {

hdf5::File open_checked(const std::filesystem::path& path) {
  const auto refuse = [&](std::string what, std::string hint = {}) {
    throw core::UserError(core::Problem{{path.string()}, std::move(what), std::move(hint)});
  };
  char begin[8] = {};
  const std::size_t got = FileDescriptor::open_input(path).read(begin);
  if (!hdf5::has_signature({begin, got})) {
    refuse("is not an HDF5 file, so not a store", "make a store from text with: gridmill import");
  }
  try {
    return hdf5::File::open(path);
  } catch (const hdf5::Error& error) {
    refuse(fmt::format("is damaged or cut short: {}", error.what()), "import it again");
    throw;
  }
}

}  // namespace

StoreReader::StoreReader(const std::filesystem::path& path)
    : state_(new State{.path = path, .file = open_checked(path), .names = {}, .links = {}}) {
  State& state = *state_;
  state.guarded([&] {
    const hdf5::Group root = state.file.root();
    if (!root.has_attribute("format") || State::text(root, "format") != kStoreFormat) {
      state.refuse("is an HDF5 file, but not a store of gridmill");
    }
    if (const std::int64_t version = State::integer(root, "format_version"); version != kStoreFormatVersion) {
      state.refuse(
          fmt::format("is a store of format version {}; this gridmill reads version {}", version, kStoreFormatVersion),
          "import it again with this version");
    }
    const hdf5::Group tables = root.group("tables");
    for (const std::string& link : tables.names()) {
      const std::string name = State::text(tables.group(link), "name", link);
      state.names.push_back(name);
      state.links.emplace(name, link);
    }
  });
}

StoreReader::~StoreReader() = default;
StoreReader::StoreReader(StoreReader&&) noexcept = default;

const std::vector<std::string>& StoreReader::tables() const { return state_->names; }

core::Table StoreReader::schema(const std::string& table) const {
  return state_->guarded([&] {
    const hdf5::Group group = state_->table(table);
    const std::size_t n_rows = state_->rows_of(group);
    core::Table schema{.name = table, .columns = {}, .source = State::text(group, "source")};
    for (const std::string& link : group.names()) schema.columns.push_back(state_->column(group, link, n_rows));
    return schema;
  });
}

std::size_t StoreReader::n_rows(const std::string& table) const {
  return state_->guarded([&] { return state_->rows_of(state_->table(table)); });
}

core::Table StoreReader::read(const core::Table& wanted, std::size_t first, std::size_t n) const {
  return state_->guarded([&] {
    const hdf5::Group group = state_->table(wanted.name);
    core::Table table{.name = wanted.name, .columns = {}, .source = wanted.source};
    for (const Column& column : wanted.columns) table.columns.push_back(state_->read(group, column, first, n));
    return table;
  });
}

core::Table StoreReader::read(const std::string& table, std::span<const std::string> columns) const {
  const core::Table all = schema(table);
  if (columns.empty()) return read(all, 0, n_rows(table));
  core::Table wanted{.name = all.name, .columns = {}, .source = all.source};
  for (const std::string& name : columns) {
    const Column* column = all.find(name);
    if (column == nullptr) {
      std::vector<std::string> known;
      for (const Column& other : all.columns) known.push_back(other.name);
      state_->refuse(fmt::format("no column '{}' in table '{}'", name, table), core::hint_for(name, known));
    }
    wanted.columns.push_back(*column);
  }
  return read(wanted, 0, n_rows(table));
}

}  // namespace gridmill::io
