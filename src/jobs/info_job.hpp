#pragma once

#include <filesystem>
#include <vector>

#include "io/summary.hpp"

namespace gridmill::jobs {

/// Returns what all tables of a store, or the one of a CSV or LIBSVM file, hold. Reads every row.
/// Errors: UserError when the file cannot be read.
std::vector<io::TableSummary> run_info(const std::filesystem::path& file);

}  // namespace gridmill::jobs
