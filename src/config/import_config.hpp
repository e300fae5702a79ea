#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/memory_limit.hpp"
#include "config/source.hpp"
#include "core/entity_set.hpp"
#include "core/error.hpp"
#include "core/logical_type.hpp"
#include "core/time_format.hpp"
#include "features/definitions/feature.hpp"

namespace gridmill::config {

/// Types the user gives columns: as they are held ("integer", "double", "text", ...), or by what they mean
/// ("Integer", "PostalCode", ...), from which the other follows.
struct GivenTypes {
  std::map<std::string, core::ColumnType> held;
  std::map<std::string, core::LogicalType> meant;

  friend bool operator==(const GivenTypes&, const GivenTypes&) = default;
};

/// How the times of columns are written.
using TimeFormats = std::map<std::string, core::TimeFormat>;
/// Lists of columns by a name.
using ColumnLists = std::map<std::string, std::vector<std::string>>;
using GivenTags = std::map<std::string, core::Tags>;

/// One table of an import.
struct TableOptions {
  std::string section = "import";  // where these options stand; "import.tables.<name>" of several
  SourceOptions source;  // `table` is the table's name in the store; empty: from the file's name. Its types: `types`
  GivenTypes types;
  TimeFormats time_formats;
  ColumnLists made_times;           // new columns of times, and those whose cells make them
  std::vector<std::string> ignore;  // columns left out
  std::string index;
  bool make_index = false;  // `index` is a new column with the number of the row
  std::string time_index;
  std::vector<core::SecondaryTime> secondary_times;
  GivenTags tags;
  std::vector<std::string> index_columns;  // of an index of several, which is called by all (core::joined_key)

  friend bool operator==(const TableOptions&, const TableOptions&) = default;
};

/// A table made of the rows of another (an entry of `import.tables` with `from`).
struct DerivedOptions {
  std::string section, name;
  std::string from;                                     // table
  std::vector<std::string> each;                        // columns, and a step of time: [store, 1 day]
  std::string index;                                    // the one column of `each`, or a new one; never empty once read
  std::vector<std::string> columns = {};                // of `each`
  std::optional<features::Window> step = std::nullopt;  // of `each`
  std::vector<std::string> index_columns = {};          // as TableOptions

  friend bool operator==(const DerivedOptions&, const DerivedOptions&) = default;
};

/// Each row of `child` belongs to the row of `parent` whose index equals its key.
struct RelationshipOptions {
  std::string parent, parent_column, child, child_column;
  std::vector<std::string> parent_columns = {}, child_columns = {};  // of keys of several, in the order of the index

  friend bool operator==(const RelationshipOptions&, const RelationshipOptions&) = default;
};

/// Everything `gridmill import` needs to know (section `import`), checked and with all defaults filled in.
struct ImportJob {
  std::vector<TableOptions> tables;  // one of them where the section is that table's
  std::vector<DerivedOptions> derived;
  std::vector<RelationshipOptions> relationships;
  std::filesystem::path store;  // the store to write (.h5)
  MemoryLimit memory_limit;
  std::map<std::string, core::Location> places;  // of what is checked against the data; see io::EntityImport

  friend bool operator==(const ImportJob&, const ImportJob&) = default;
};

/// The section as it stands: one table's options, or `tables` and `relationships`.
struct ImportSection {
  TableOptions table;
  std::filesystem::path store;
};

}  // namespace gridmill::config
