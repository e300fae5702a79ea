#pragma once

#include <filesystem>
#include <vector>

#include "config/import_config.hpp"

namespace gridmill::jobs {

/// Returns the files of an import's table: that of its source; where this is a pattern, all that match, in the order of
/// their names. Errors: UserError with the place of the source if none does.
std::vector<std::filesystem::path> source_files(const config::TableOptions& table, const config::ImportJob& job);

/// Returns all files that an import reads. Errors: the same.
std::vector<std::filesystem::path> source_files(const config::ImportJob& job);

}  // namespace gridmill::jobs
