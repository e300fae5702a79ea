#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/entity_set.hpp"
#include "core/error.hpp"
#include "io/import/compound_key.hpp"
#include "io/import/derived_table.hpp"
#include "io/tables/import_options.hpp"

namespace gridmill::io {

/// One table to import and what its columns mean.
struct TableImport {
  std::filesystem::path source;
  std::vector<std::filesystem::path> more_sources = {};  // CSV files whose rows follow, with the same columns
  std::string section;    // what the user calls its options: "import.tables.orders", or "import"
  ImportOptions options;  // `table` is its name; types of columns with a logical type need not be given
  std::map<std::string, core::LogicalType> logical_types;
  /// Types that columns had in other rows, of those of which nothing else is said: few rows look like others. A column
  /// that is not there does not matter; integers and booleans with missing entries become their nullable kind.
  std::map<std::string, core::LogicalType> earlier_types;
  std::map<std::string, core::Tags> tags;  // beyond those that follow from type and role
  std::string index;                       // empty: none, as only a table without relationships may
  bool make_index = false;                 // `index` is a new column, in front, with the row's number from 0
  std::string time_index;
  std::vector<core::SecondaryTime> secondary_times;
  std::optional<Derivation> derivation;  // made of the rows of another table; `source` is that table's
  /// New columns that are keys: the index, where it is none of the source, and keys of relationships.
  std::vector<CompoundKey> compound_keys = {};

  /// Returns the compound key of that name, or null.
  [[nodiscard]] const CompoundKey* compound_key(std::string_view name) const;
};

/// Returns the files of a table: `source`, then the others.
std::vector<std::filesystem::path> files_of(const TableImport& table);

struct RelationshipImport {
  std::string parent, parent_column, child, child_column;
};

/// A column of the child and the one of the parent that it is compared with.
struct MatchedColumns {
  std::string child, parent;
};

/// Tables and relationships, both in the order that is kept.
struct EntityImport {
  std::vector<TableImport> tables;
  std::vector<RelationshipImport> relationships;
  /// Where the user's config says what: by "<section>.index", ".time_index", ".types.<column>",
  /// ".time_format.<column>",
  /// ".tags.<column>", ".ignore", ".each", ".secondary_time_index.<time column>", "import.relationships[<i>]". What is
  /// not there is said of the source.
  std::map<std::string, core::Location> places;
  /// Called when all is written: what the store is to keep of what it is made of (StoreReader::origin). May be empty.
  std::function<std::vector<std::string>()> origin;
};

/// Returns the columns that decide whose child a row is: one pair, or those of compound keys.
std::vector<MatchedColumns> matched_columns(const EntityImport& import, const RelationshipImport& relationship);

/// Keys of a relationship that found no parent.
struct UnmatchedKeys {
  std::size_t n_missing = 0;  // no key
  std::size_t n_unknown = 0;  // a key that no parent has
  std::string example;        // one of these
};

struct ImportedSet {
  core::EntitySet set;
  std::vector<UnmatchedKeys> unmatched;  // by relationship
  /// By table without rows: the columns of which nothing says the type.
  std::map<core::TableId, std::vector<std::string>> untyped;
  std::map<core::TableId, std::size_t> without_time;  // rows whose time index is missing, where there are some
  /// What is to be said of the sources, a sentence each: what may be wrong, and what is good to know.
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
  std::uint64_t bytes_set_aside = 0;  // what did not fit into the memory limit
};

/// Is told what is being done next: "reading orders.csv", "writing loans.h5".
using StageListener = std::function<void(std::string_view)>;

/// Imports tables and their relationships into a store, rows ordered as core::EntityData says.
///
/// Parents' keys are unique and there; names, types and times are checked, as many problems as possible at once:
/// UserError. Tables may be without rows, but for one that is
/// alone and has no index. Keys without a parent are counted, not refused. A single
/// table without index becomes a plain store.
/// Memory: two fifths of `memory_limit` for cells, keys and orders of rows, what is beyond waits in the store's folder;
/// as much for what is sorted, looked up or put in order at a time; besides, up to 100 MiB for what is being read and
/// lost between blocks, and the distinct words of categorical columns. The store appears whole or not at all; its bytes
/// depend on sources and options only. Errors: UserError for config and sources, RunError for the store.
ImportedSet import_entity_set(const EntityImport& import, const std::filesystem::path& store, std::size_t memory_limit,
                              const StageListener& stage = {});

}  // namespace gridmill::io
