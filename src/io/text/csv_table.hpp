#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "io/spool/column_spool.hpp"
#include "io/spool/parsed_table.hpp"
#include "io/tables/import_options.hpp"
#include "io/tables/table_source.hpp"

namespace gridmill::io {

/// Reads a CSV file in one pass; once or twice more if a column turns out to be other than it began (see
/// column_builder.hpp). Types that the options do not give are found out.
///
/// Memory: that of the spool. Errors: as CsvReader and ColumnBuilder; UserError when the options name a column that is
/// not there (with a hint).
ParsedTable parse_csv(const std::filesystem::path& path, const ImportOptions& options, ColumnSpool& spool);
/// The same of several files with the same columns, one after the other. At least one. Errors: also UserError naming a
/// file with other columns than the first.
ParsedTable parse_csv(std::span<const std::filesystem::path> files, const ImportOptions& options, ColumnSpool& spool);

/// Opens a CSV file as a table. Memory: as that of a spool with these limits.
std::unique_ptr<TableSource> open_csv(const std::filesystem::path& path, const ImportOptions& options,
                                      ColumnSpool::Limits limits);

/// Returns the names of the columns. Reads the beginning of the file.
std::vector<std::string> csv_columns(const std::filesystem::path& path, const ImportOptions& options);

/// Returns what to say of a column that is not among `names`: another delimiter, if that may be why, else the nearest.
std::string hint_for_column(const std::string& name, const std::vector<std::string>& names);

/// A cell as it is written, and where.
struct FoundCell {
  core::Location where;
  std::string text;
};

/// Returns the first cell of a column, missing ones aside, of which `wanted` is true. Reads the text up to there.
std::optional<FoundCell> find_csv_cell(const std::filesystem::path& path, const ImportOptions& options,
                                       const std::string& column, const std::function<bool(std::string_view)>& wanted);

/// Returns the line of data row `row` (from 0), or the file alone when it has fewer. Reads the text up to there.
core::Location locate_csv_row(const std::filesystem::path& path, const ImportOptions& options, std::size_t row);
core::Location locate_csv_row(std::span<const std::filesystem::path> files, const ImportOptions& options,
                              std::size_t row);

}  // namespace gridmill::io
