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
#include "io/atomic_file.hpp"
#include "io/hdf5.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;

constexpr std::string_view kFormat = "gridmill store";

hdf5::Element element_of(ColumnType type) {
  switch (type) {
    case ColumnType::integer:
    case ColumnType::datetime: return hdf5::Element::int64;
    case ColumnType::real:
    case ColumnType::latlong: return hdf5::Element::float64;
    case ColumnType::boolean: return hdf5::Element::boolean;
    case ColumnType::categorical: return hdf5::Element::int32;
    case ColumnType::text:
    case ColumnType::key: return hdf5::Element::text;
  }
  GRIDMILL_ASSERT(false, "every column type has an element");
}

/// HDF5 splits paths at '/', and '.' is the group itself.
std::string link_name(const std::string& name) {
  if (name == "." || name == "..") return "_" + name;
  std::string link = name;
  for (std::size_t at = link.find('/'); at != std::string::npos; at = link.find('/', at)) link.replace(at, 1, "\u2215");
  return link;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

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
void write_entries(const hdf5::Dataset& dataset, std::size_t first, const std::vector<Entry>& entries) {
  if constexpr (std::is_same_v<Entry, std::array<double, 2>>) {
    const double* const flat = entries.empty() ? nullptr : entries.front().data();
    dataset.write_rows(first, entries.size(), std::span<const double>(flat, 2 * entries.size()));
  } else {
    dataset.write_rows(first, entries.size(), std::span<const Entry>(entries));
  }
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

struct StoreWriter::State {
  explicit State(const std::filesystem::path& path) : pending(path), file(hdf5::File::create(pending.temporary())) {}

  PendingFile pending;  // destroyed last: removes the file that could not be finished
  hdf5::File file;
  core::Table schema;
  std::size_t n_rows = 0;
  std::size_t n_written = 0;

  [[noreturn]] void fail(const hdf5::Error& error) const {
    throw core::RunError(fmt::format("cannot write {}: {}", pending.path().string(), error.what()));
  }

  /// Runs `write` with the library's errors turned into ours.
  template <class Write>
  void guarded(Write write) {
    try {
      write();
    } catch (const hdf5::Error& error) {
      fail(error);
    }
  }

  void create_column(const hdf5::Group& tables, const Column& column) {
    const std::string link = link_name(column.name);
    if (tables.has(link)) {
      throw core::UserError(core::Problem{
          {pending.path().string()}, fmt::format("two columns of table '{}' are called '{}'", schema.name, link), {}});
    }
    hdf5::Shape shape{n_rows};
    if (column.type == ColumnType::latlong) shape.push_back(2);
    const hdf5::Dataset dataset =
        tables.create_dataset(link, element_of(column.type), shape, {.chunk_rows = block_rows(schema.columns.size())});
    dataset.set_attribute("type", std::string(core::name_of(column.type)));
    if (link != column.name) dataset.set_attribute("name", column.name);
    if (!column.unit.empty()) dataset.set_attribute("unit", column.unit);
    if (!column.tags.empty()) dataset.set_attribute("tags", joined(column.tags));
    if (column.type == ColumnType::categorical) {
      const hdf5::Group categories = file.root().group("categories").group(link_name(schema.name));
      categories.create_dataset(link, hdf5::Element::text, {column.categories.size()})
          .write_rows(0, column.categories.size(), std::span<const std::string>(column.categories));
      dataset.set_attribute("categories", "/categories/" + link_name(schema.name) + "/" + link);
    }
  }

  /// Masks are made when the first missing entry is met; the rows before it are valid by the fill value.
  void write_mask(const Column& column) {
    if (std::find(column.valid.begin(), column.valid.end(), 0) == column.valid.end()) return;
    const hdf5::Group masks = file.root().group("valid").group(link_name(schema.name));
    const std::string link = link_name(column.name);
    if (!masks.has(link)) {
      masks.create_dataset(link, hdf5::Element::boolean, {n_rows},
                           {.chunk_rows = block_rows(schema.columns.size()), .fill_true = true});
      file.root()
          .group("tables")
          .group(link_name(schema.name))
          .dataset(link)
          .set_attribute("valid", "/valid/" + link_name(schema.name) + "/" + link);
    }
    masks.dataset(link).write_rows(n_written, column.valid.size(), std::span<const std::uint8_t>(column.valid));
  }
};

StoreWriter::StoreWriter(const std::filesystem::path& path) {
  try {
    state_ = std::make_unique<State>(path);
    const hdf5::Group root = state_->file.root();
    root.set_attribute("format", std::string(kFormat));
    root.set_attribute("format_version", kStoreFormatVersion);
    for (const char* group : {"tables", "categories", "valid"}) root.create_group(group);
  } catch (const hdf5::Error& error) {
    throw core::RunError(fmt::format("cannot write {}: {}", path.string(), error.what()));
  }
}

StoreWriter::~StoreWriter() = default;

void StoreWriter::begin_table(const core::Table& schema, std::size_t n_rows) {
  State& state = *state_;
  GRIDMILL_ASSERT(state.n_written == state.n_rows, "a table is full before the next begins");
  state.schema = schema;
  state.n_rows = n_rows;
  state.n_written = 0;
  state.guarded([&] {
    const hdf5::Group root = state.file.root();
    for (const char* group : {"categories", "valid"}) {
      root.group(group).create_group(link_name(schema.name));
    }
    const hdf5::Group table = root.group("tables").create_group(link_name(schema.name));
    table.set_attribute("n_rows", static_cast<std::int64_t>(n_rows));
    table.set_attribute("source", schema.source);
    if (link_name(schema.name) != schema.name) table.set_attribute("name", schema.name);
    for (const Column& column : schema.columns) state.create_column(table, column);
  });
}

void StoreWriter::append(const core::Table& block) {
  State& state = *state_;
  GRIDMILL_ASSERT(block.columns.size() == state.schema.columns.size(), "a block has the columns of its table");
  GRIDMILL_ASSERT(state.n_written + block.n_rows() <= state.n_rows, "no more rows than were announced");
  state.guarded([&] {
    const hdf5::Group table = state.file.root().group("tables").group(link_name(state.schema.name));
    for (const Column& column : block.columns) {
      const hdf5::Dataset dataset = table.dataset(link_name(column.name));
      std::visit([&](const auto& entries) { write_entries(dataset, state.n_written, entries); }, column.values);
      state.write_mask(column);
    }
  });
  state.n_written += block.n_rows();
}

void StoreWriter::finish() {
  GRIDMILL_ASSERT(state_->n_written == state_->n_rows, "as many rows as were announced");
  state_->guarded([&] { state_->file.close(); });
  state_->pending.publish();
}

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
    if (!root.has_attribute("format") || State::text(root, "format") != kFormat) {
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

void write_store(const std::filesystem::path& path, const core::Table& table) {
  StoreWriter writer(path);
  writer.begin_table(table, table.n_rows());
  writer.append(table);
  writer.finish();
}

namespace {

class StoreTable : public TableSource {
 public:
  StoreTable(const std::filesystem::path& path, const std::string& table, std::span<const std::string> ignored)
      : reader_(path),
        schema_(reader_.schema(table.empty() ? only_table(path) : table)),
        n_rows_(reader_.n_rows(schema_.name)) {
    std::erase_if(schema_.columns, [&](const Column& column) {
      return std::find(ignored.begin(), ignored.end(), column.name) != ignored.end();
    });
  }

  [[nodiscard]] const core::Table& schema() const override { return schema_; }
  [[nodiscard]] std::size_t n_rows() const override { return n_rows_; }

  core::Table next(std::size_t max_rows) override {
    const std::size_t n = std::min(max_rows, n_rows_ - n_read_);
    core::Table block = reader_.read(schema_, n_read_, n);
    n_read_ += n;
    return block;
  }

 private:
  [[nodiscard]] const std::string& only_table(const std::filesystem::path& path) const {
    const std::vector<std::string>& names = reader_.tables();
    if (names.size() == 1) return names.front();
    throw core::UserError(
        core::Problem{{path.string()},
                      fmt::format("holds {} tables; say which", names.size()),
                      names.empty() ? std::string() : "known: " + fmt::format("{}", fmt::join(names, ", "))});
  }

  StoreReader reader_;
  core::Table schema_;
  std::size_t n_rows_;
  std::size_t n_read_ = 0;
};

}  // namespace

std::unique_ptr<TableSource> open_store_table(const std::filesystem::path& path, const std::string& table,
                                              std::span<const std::string> ignored_columns) {
  return std::make_unique<StoreTable>(path, table, ignored_columns);
}

}  // namespace gridmill::io
