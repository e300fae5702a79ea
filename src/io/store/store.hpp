#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/entity_set.hpp"
#include "core/table.hpp"
#include "io/tables/table_source.hpp"

namespace gridmill::io {

/// The store: typed tables in an HDF5 file that other programs read without us.
///
///   /                              attributes: format "gridmill store", format_version
///   /tables/<table>                attributes: n_rows, source; index, time_index where there are relations
///   /tables/<table>/<column>       one dataset of n_rows entries (in the order of the columns)
///       attributes: type ("integer", "double", ...); name, if it is not a valid HDF5 name; unit; tags (separated
///       by blanks); logical_type ("Integer", "PostalCode", ...) where there are relations; categories, valid: paths
///       of the datasets that go with it
///   /categories/<table>/<column>   text: what the codes of a categorical column stand for
///   /valid/<table>/<column>        boolean, of columns with missing entries that cannot be NaN, -1 or the least int64
///   /origin                        text: what it is made of, a line each; see jobs/import_origin.hpp
///   /relations                     how the tables of an entity set belong together; see store_relations.hpp
///
/// Entries: integer int64 · double float64 · boolean enumeration FALSE/TRUE (h5py: bool) · categorical int32 codes, -1
/// missing · datetime int64 ns since 1970 UTC, least int64 missing (numpy's NaT) · text, key UTF-8 of variable length
/// · latlong n_rows x 2 float64. All but text lie in one piece each. Equal tables are equal bytes. Behind what HDF5
/// reads stand checksums; see trailing_checksum.hpp.
constexpr std::int64_t kStoreFormatVersion = 1;

struct Relations;

/// Writes a store block by block; the file appears whole, at `finish`.
/// Errors: UserError for names that cannot be told apart; RunError naming the file when it cannot be written.
class StoreWriter {
 public:
  explicit StoreWriter(const std::filesystem::path& path);
  ~StoreWriter();

  /// Says in which order readers are to list tables that are begun in another.
  void declare_table(const std::string& name);
  /// Begins a table with the columns of `schema` (rows in it do not count). The table before it must be full.
  void begin_table(const core::Table& schema, std::size_t n_rows);
  /// Adds rows; `block` has the columns of the schema.
  void append(const core::Table& block);
  /// Adds rows to one column of the schema: columns may be filled one after another.
  void append_to_column(std::size_t column, const core::Column& part);
  /// Says how the tables belong together, after the last of them. Tags are those of the schemas.
  void relate(const core::EntitySet& set, const Relations& relations);
  /// Keeps what the store is made of, a line each, for StoreReader::origin.
  void note_origin(const std::vector<std::string>& lines);
  /// Has the system begin to write to the disk what is there so far, and does not wait for it.
  void start_sync();
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads a store. Entries are compared with their checksums when they are read, all else when it is opened; a store
/// without checksums is tried in a child process first. Errors of all members: UserError naming the file when it is not
/// a store, is cut short or damaged, has another format version, or has no such table or column (with a hint).
class StoreReader {
 public:
  explicit StoreReader(const std::filesystem::path& path);
  ~StoreReader();
  StoreReader(StoreReader&&) noexcept;

  [[nodiscard]] const std::vector<std::string>& tables() const;
  /// What the tables mean and how they belong together; of a store without relations: tables alone, without indexes.
  [[nodiscard]] core::EntitySet entity_set() const;
  /// What its writer noted of what it is made of; empty if nothing.
  [[nodiscard]] std::vector<std::string> origin() const;
  /// Columns without rows, and the number of rows.
  [[nodiscard]] core::Table schema(const std::string& table) const;
  [[nodiscard]] std::size_t n_rows(const std::string& table) const;
  /// Reads rows [first, first + n) of the columns of `wanted` (a schema, or part of one), in its order.
  [[nodiscard]] core::Table read(const core::Table& wanted, std::size_t first, std::size_t n) const;
  /// Reads whole columns by name; none named: all.
  [[nodiscard]] core::Table read(const std::string& table, std::span<const std::string> columns = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes one table as a store.
void write_store(const std::filesystem::path& path, const core::Table& table);

/// Opens a table of a store as a source. `table` empty: the only one. Parts of a matrix are read whole and compared
/// with their checksums. Errors: as StoreReader; UserError naming a damaged part.
std::unique_ptr<TableSource> open_store_table(const std::filesystem::path& path, const std::string& table,
                                              std::span<const std::string> ignored_columns = {});

}  // namespace gridmill::io
