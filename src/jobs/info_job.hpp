#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "core/entity_set.hpp"
#include "io/import/summary.hpp"
#include "io/tables/remarks.hpp"

namespace gridmill::jobs {

/// What a file of tables holds.
struct FileSummary {
  std::vector<io::TableSummary> tables;
  core::EntitySet set;                 // tables as `tables`; without relationships where none are known
  std::vector<std::size_t> n_orphans;  // by relationship: rows of the child that have no parent
  io::Remarks remarks;
};

/// Returns what all tables of a store, or the one of a CSV or LIBSVM file, hold. Reads every row.
/// Errors: UserError when the file cannot be read.
FileSummary run_info(const std::filesystem::path& file);

}  // namespace gridmill::jobs
