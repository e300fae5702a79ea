#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mpi/session.hpp"

namespace gridmill::jobs {

/// Reads all parts of a store, each rank its share, and returns the names of those whose contents are not what was
/// written. Collective; the same on every rank. Errors: UserError when the store itself is damaged.
std::vector<std::string> damaged_parts(const std::filesystem::path& store, mpi::Session& session);

}  // namespace gridmill::jobs
