#pragma once

#include <cstddef>
#include <filesystem>

#include "core/table.hpp"
#include "io/tables/import_options.hpp"

namespace gridmill::io {

struct Imported {
  core::Table schema;  // columns without rows
  std::size_t n_rows = 0;
};

/// Writes the table in `source` (any format open_table knows) as a store at `store`, whole or not at all.
/// Memory: `memory_limit` bytes of rows, beyond which they wait in the store's folder; one block of rows for what is
/// no CSV; and the categories.
/// Errors: UserError for the source, RunError for the store. An existing store is replaced.
Imported import_table(const std::filesystem::path& source, const std::filesystem::path& store,
                      const ImportOptions& options = {}, std::size_t memory_limit = std::size_t{1} << 30);

}  // namespace gridmill::io
