#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "core/error.hpp"
#include "core/table.hpp"
#include "io/spool/column_spool.hpp"
#include "io/tables/import_options.hpp"
#include "io/tables/table_source.hpp"

namespace gridmill::io {

enum class TableFormat { store, csv, libsvm };

/// Returns what open_table takes the file for. Errors: UserError when it cannot be read, is of a format that is not
/// read, or is called .yaml.
TableFormat format_of(const std::filesystem::path& path, const ImportOptions& options);

/// Returns the limits for tables that are only looked at: 1 GiB of memory, then the folder for temporary files.
ColumnSpool::Limits reading_limits();

/// Opens a store, LIBSVM text or CSV, recognised by content (or as options.format says) whatever the file is called;
/// text may be packed (gzip, xz). Errors: UserError, see open_csv, open_libsvm, StoreReader. A store has its types
/// already: options.types for one is an error.
/// Rows of CSV text wait in a spool of these limits until they are asked for.
std::unique_ptr<TableSource> open_table(const std::filesystem::path& path, const ImportOptions& options,
                                        const ColumnSpool::Limits& limits = reading_limits());

/// Reads such a file whole. Memory: the table.
core::Table read_table(const std::filesystem::path& path, const ImportOptions& options = {});

/// Returns where row `row` (from 0) of the table stands that open_table reads with the same options: the line for
/// text; for a store, and a row that is not there, the file alone. Reads the text up to that row once more.
core::Location locate_row(const std::filesystem::path& path, const ImportOptions& options, std::size_t row);

}  // namespace gridmill::io
