#pragma once

#include <filesystem>
#include <memory>

#include "core/table.hpp"
#include "io/import_options.hpp"
#include "io/table_source.hpp"

namespace gridmill::io {

/// Opens a store, LIBSVM text or CSV, recognised by content (or as options.format says) whatever the file is called;
/// text may be packed (gzip, xz). Errors: UserError, see open_csv, open_libsvm, StoreReader. A store has its types
/// already: options.types for one is an error.
std::unique_ptr<TableSource> open_table(const std::filesystem::path& path, const ImportOptions& options);

/// Reads such a file whole. Memory: the table.
core::Table read_table(const std::filesystem::path& path, const ImportOptions& options = {});

}  // namespace gridmill::io
