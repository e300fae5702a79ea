#pragma once

#include <filesystem>
#include <string>

namespace gridmill::jobs {

/// Returns what a feature of a config means and what it is made of, ending with a line feed. Reads the names in the
/// store, no rows. Errors: UserError for a feature that the config does not make, with a hint; those of config and
/// store.
std::string describe_feature(const std::string& name, const std::filesystem::path& config);

}  // namespace gridmill::jobs
