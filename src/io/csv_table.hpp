#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "core/error.hpp"
#include "io/import_options.hpp"
#include "io/table_source.hpp"

namespace gridmill::io {

/// Opens a CSV file as a table: reads it once to infer its types (see infer.hpp) and once more as it is consumed.
/// Memory: a block of rows and the categories. Errors: as infer_csv and CsvReader.
std::unique_ptr<TableSource> open_csv(const std::filesystem::path& path, const ImportOptions& options);

/// Returns the line of data row `row` (from 0), or the file alone when it has fewer. Reads the text up to there.
core::Location locate_csv_row(const std::filesystem::path& path, const ImportOptions& options, std::size_t row);

}  // namespace gridmill::io
