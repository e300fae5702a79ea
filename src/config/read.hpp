#pragma once

#include <filesystem>
#include <string_view>

#include "config/features_job.hpp"
#include "config/import_job.hpp"
#include "config/search_job.hpp"

namespace gridmill::config {

/// Reads the config of a search: `output`, `seed`, `data`, `model`, `search`, `memory_limit`.
///
/// Opens no data. Errors: UserError with every problem of the file at once, each with file:line:column, in the
/// order of the file; unknown and repeated keys are problems.
/// Deterministic: in the file's text, and in which data files exist (find_file).
SearchJob read_search_job(const std::filesystem::path& file);

/// The same for text that stands in no file; `name` is what messages call it.
SearchJob parse_search_job(std::string_view text, const std::filesystem::path& name);

/// Reads the config of an import (section `import`). Errors: as read_search_job.
ImportJob read_import_job(const std::filesystem::path& file);
ImportJob parse_import_job(std::string_view text, const std::filesystem::path& name);

/// Reads the config of a features job (section `features`). The store is the import section's unless stated; the run
/// directory is `features.output`, else the top level's `output` (its folder `features` if the file holds a search
/// too), else runs/<config's name>. Errors: as read_search_job.
FeaturesJob read_features_job(const std::filesystem::path& file);
FeaturesJob parse_features_job(std::string_view text, const std::filesystem::path& name);

/// Checks every section the file has; a file needs at least one job's. Errors: as read_search_job.
void validate(const std::filesystem::path& file);

}  // namespace gridmill::config
