#pragma once

#include <filesystem>
#include <memory>

#include "io/import_options.hpp"
#include "io/table_source.hpp"

namespace gridmill::io {

/// Opens a CSV file as a table: reads it once to infer its types (see infer.hpp) and once more as it is consumed.
/// Memory: a block of rows and the categories. Errors: as infer_csv and CsvReader.
std::unique_ptr<TableSource> open_csv(const std::filesystem::path& path, const ImportOptions& options);

}  // namespace gridmill::io
