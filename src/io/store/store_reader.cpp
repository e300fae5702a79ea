#include "io/store/store.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "io/files/file_descriptor.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/store/matrix_store.hpp"
#include "io/store/store_format.hpp"
#include "io/store/store_relations.hpp"
#include "io/store/store_schema.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;

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
  StoreFile file;
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
      refuse_unreadable(path, error);
    }
  }

  [[nodiscard]] hdf5::Group table(const std::string& name) const {
    const auto found = links.find(name);
    if (found == links.end()) refuse(fmt::format("no table '{}'", name), core::hint_for(name, names));
    return file.library.root().group("tables").group(found->second);
  }

  /// The column behind a link, without rows; checked, so that reading can rely on it.
  [[nodiscard]] Column column(const hdf5::Group& group, const std::string& link, std::size_t n_rows) const {
    StoredColumn stored = read_stored_column(group, link, n_rows);
    if (stored.column.type == ColumnType::categorical) {
      stored.column.categories = read_categories(file.library.root(), stored);
      auto& tags = stored.column.tags;
      const bool is_told = std::find(tags.begin(), tags.end(), kOrdinalTag) != tags.end();
      if (stored.logical_type == core::LogicalType::ordinal && !is_told) tags.emplace_back(kOrdinalTag);
    }
    return std::move(stored.column);
  }

  [[nodiscard]] Column read(const hdf5::Group& group, const Column& wanted, std::size_t first, std::size_t n) const {
    Column column = empty_column(wanted, n);
    const hdf5::Dataset dataset = group.dataset(link_name(wanted.name));
    file.require_unchanged(dataset, first, n);
    std::visit([&](auto& entries) { read_entries(dataset, first, entries); }, column.values);
    if (dataset.has_attribute("valid")) {
      const hdf5::Dataset mask = file.library.root().dataset(text_attribute(dataset, "valid"));
      if (mask.shape() != hdf5::Shape{dataset.shape().front()}) {
        throw hdf5::Error("a mask has another length than its column");
      }
      file.require_unchanged(mask, first, n);
      column.valid.resize(n);
      mask.read_rows(first, n, std::span<std::uint8_t>(column.valid));
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

StoreReader::StoreReader(const std::filesystem::path& path)
    : state_(new State{.path = path, .file = open_store(path), .names = {}, .links = {}}) {
  State& state = *state_;
  state.guarded([&] {
    const hdf5::Group root = state.file.library.root();
    check_parts(root, path);
    const hdf5::Group tables = root.group("tables");
    for (const std::string& link : tables.names()) {
      const std::string name = text_attribute(tables.group(link), "name", link);
      state.names.push_back(name);
      state.links.emplace(name, link);
    }
  });
}

core::EntitySet StoreReader::entity_set() const {
  return state_->guarded([&] { return read_entity_set(state_->file.library.root()); });
}

std::vector<std::string> StoreReader::origin() const {
  return state_->guarded([&] {
    const hdf5::Group root = state_->file.library.root();
    if (!root.has(kOrigin)) return std::vector<std::string>();
    const hdf5::Dataset dataset = root.dataset(kOrigin);
    const hdf5::Shape shape = dataset.shape();
    constexpr std::size_t kMost = std::size_t{1} << 20U;  // lines: a store may claim anything
    if (shape.size() != 1 || shape[0] > kMost) throw hdf5::Error("'origin' has another shape");
    std::vector<std::string> lines(shape[0]);
    dataset.read_rows(0, lines.size(), std::span<std::string>(lines));
    return lines;
  });
}

StoreReader::~StoreReader() = default;
StoreReader::StoreReader(StoreReader&&) noexcept = default;

const std::vector<std::string>& StoreReader::tables() const { return state_->names; }

core::Table StoreReader::schema(const std::string& table) const {
  return state_->guarded([&] {
    const hdf5::Group group = state_->table(table);
    const std::size_t n_rows = stored_rows(group);
    core::Table schema{.name = table, .columns = {}, .source = text_attribute(group, "source")};
    for (const std::string& link : group.names()) schema.columns.push_back(state_->column(group, link, n_rows));
    return schema;
  });
}

std::size_t StoreReader::n_rows(const std::string& table) const {
  return state_->guarded([&] { return stored_rows(state_->table(table)); });
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
