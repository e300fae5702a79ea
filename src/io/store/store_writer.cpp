#include "io/store/store.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/trailing_checksum.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/hdf5/hdf5_walk.hpp"
#include "io/store/store_format.hpp"
#include "io/store/store_relations.hpp"
#include "io/store/store_schema.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;

template <class Entry>
void write_entries(const hdf5::Dataset& dataset, std::size_t first, const std::vector<Entry>& entries) {
  if constexpr (std::is_same_v<Entry, std::array<double, 2>>) {
    const double* const flat = entries.empty() ? nullptr : entries.front().data();
    dataset.write_rows(first, entries.size(), std::span<const double>(flat, 2 * entries.size()));
  } else {
    dataset.write_rows(first, entries.size(), std::span<const Entry>(entries));
  }
}

}  // namespace

struct StoreWriter::State {
  explicit State(const std::filesystem::path& path) : pending(path), file(hdf5::File::create(pending.temporary())) {}

  PendingFile pending;  // destroyed last: removes the file that could not be finished
  hdf5::File file;
  core::Table schema;
  std::size_t n_rows = 0;
  std::vector<std::size_t> n_written;  // by column

  [[nodiscard]] bool is_full() const {
    return std::all_of(n_written.begin(), n_written.end(), [&](std::size_t n) { return n == n_rows; });
  }

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

  /// Entries of a fixed size lie in one piece, from which any rows are read at the speed of memory. The library writes
  /// text elsewhere and only refers to it.
  [[nodiscard]] hdf5::Layout layout_of(ColumnType type) const {
    return {.chunk_rows = element_of(type) == hdf5::Element::text ? block_rows(schema.columns.size()) : 0};
  }

  void create_column(const hdf5::Group& tables, const Column& column) {
    const std::string link = link_name(column.name);
    if (tables.has(link)) {
      throw core::UserError(core::Problem{
          {pending.path().string()}, fmt::format("two columns of table '{}' are called '{}'", schema.name, link), {}});
    }
    hdf5::Shape shape{n_rows};
    if (column.type == ColumnType::latlong) shape.push_back(2);
    const hdf5::Dataset dataset = tables.create_dataset(link, element_of(column.type), shape, layout_of(column.type));
    dataset.set_attribute("type", std::string(core::name_of(column.type)));
    if (link != column.name) dataset.set_attribute("name", column.name);
    if (!column.unit.empty()) dataset.set_attribute("unit", column.unit);
    if (!column.tags.empty()) dataset.set_attribute("tags", join_words(column.tags));
    if (column.type == ColumnType::categorical) {
      const hdf5::Group categories = file.root().group("categories").group(link_name(schema.name));
      categories.create_dataset(link, hdf5::Element::text, {column.categories.size()})
          .write_rows(0, column.categories.size(), std::span<const std::string>(column.categories));
      dataset.set_attribute("categories", "/categories/" + link_name(schema.name) + "/" + link);
    }
  }

  /// Masks are made when the first missing entry is met; the rows before it are valid by the fill value.
  void write_mask(const Column& part, std::size_t first) {
    if (std::find(part.valid.begin(), part.valid.end(), 0) == part.valid.end()) return;
    const hdf5::Group masks = file.root().group("valid").group(link_name(schema.name));
    const std::string link = link_name(part.name);
    if (!masks.has(link)) {
      masks.create_dataset(link, hdf5::Element::boolean, {n_rows}, {.chunk_rows = 0, .fill_true = true});
      file.root()
          .group("tables")
          .group(link_name(schema.name))
          .dataset(link)
          .set_attribute("valid", "/valid/" + link_name(schema.name) + "/" + link);
    }
    masks.dataset(link).write_rows(first, part.valid.size(), std::span<const std::uint8_t>(part.valid));
  }

  void append(std::size_t column, const Column& part) {
    std::size_t& written = n_written[column];
    GRIDMILL_ASSERT(written + part.size() <= n_rows, "no more rows than were announced");
    const hdf5::Dataset dataset =
        file.root().group("tables").group(link_name(schema.name)).dataset(link_name(part.name));
    std::visit([&](const auto& entries) { write_entries(dataset, written, entries); }, part.values);
    write_mask(part, written);
    written += part.size();
  }
};

StoreWriter::StoreWriter(const std::filesystem::path& path) {
  try {
    state_ = std::make_unique<State>(path);
    const hdf5::Group root = state_->file.root();
    root.set_attribute("format", std::string(kStoreFormat));
    root.set_attribute("format_version", kStoreFormatVersion);
    root.set_attribute(kHasChecksums, std::string("behind the last byte of HDF5"));
    for (const char* group : {"tables", "categories", "valid"}) root.create_group(group);
  } catch (const hdf5::Error& error) {
    throw core::RunError(fmt::format("cannot write {}: {}", path.string(), error.what()));
  }
}

StoreWriter::~StoreWriter() = default;

void StoreWriter::begin_table(const core::Table& schema, std::size_t n_rows) {
  State& state = *state_;
  GRIDMILL_ASSERT(state.is_full(), "a table is full before the next begins");
  state.schema = schema;
  state.n_rows = n_rows;
  state.n_written.assign(schema.columns.size(), 0);
  state.guarded([&] {
    const hdf5::Group root = state.file.root();
    for (const char* group : {"categories", "valid"}) {
      root.group(group).create_group(link_name(schema.name));
    }
    const hdf5::Group tables = root.group("tables");
    const std::string link = link_name(schema.name);
    const hdf5::Group table = tables.has(link) ? tables.group(link) : tables.create_group(link);
    table.set_attribute("n_rows", static_cast<std::int64_t>(n_rows));
    table.set_attribute("source", schema.source);
    if (link_name(schema.name) != schema.name) table.set_attribute("name", schema.name);
    for (const Column& column : schema.columns) state.create_column(table, column);
  });
}

void StoreWriter::declare_table(const std::string& name) {
  state_->guarded([&] { state_->file.root().group("tables").create_group(link_name(name)); });
}

void StoreWriter::start_sync() {
  state_->guarded([&] { state_->file.flush(); });
  state_->pending.start_sync();
}

void StoreWriter::append(const core::Table& block) {
  State& state = *state_;
  GRIDMILL_ASSERT(block.columns.size() == state.schema.columns.size(), "a block has the columns of its table");
  state.guarded([&] {
    for (std::size_t i = 0; i < block.columns.size(); ++i) state.append(i, block.columns[i]);
  });
}

void StoreWriter::append_to_column(std::size_t column, const core::Column& part) {
  state_->guarded([&] { state_->append(column, part); });
}

void StoreWriter::relate(const core::EntitySet& set, const Relations& relations) {
  GRIDMILL_ASSERT(state_->is_full(), "tables are full before they are related");
  state_->guarded([&] { write_relations(state_->file.root(), set, relations); });
}

void StoreWriter::note_origin(const std::vector<std::string>& lines) {
  state_->guarded([&] {
    state_->file.root()
        .create_dataset(kOrigin, hdf5::Element::text, {lines.size()})
        .write_rows(0, lines.size(), std::span<const std::string>(lines));
  });
}

void StoreWriter::finish() {
  GRIDMILL_ASSERT(state_->is_full(), "as many rows as were announced");
  std::vector<FilePiece> pieces;
  state_->guarded([&] {
    pieces = hdf5::plain_pieces(state_->file.root());
    state_->file.close();
  });
  state_->pending.start_sync();  // beside what comes next
  append_checksum(state_->pending.temporary(), pieces);
  state_->pending.publish();
}

void write_store(const std::filesystem::path& path, const core::Table& table) {
  StoreWriter writer(path);
  writer.begin_table(table, table.n_rows());
  writer.append(table);
  writer.finish();
}

}  // namespace gridmill::io
