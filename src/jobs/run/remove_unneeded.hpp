#pragma once

#include <filesystem>
#include <span>

#include "jobs/run/observer.hpp"

namespace gridmill::jobs {

/// Removes files that nobody reads again. Those that cannot be removed only take room: one warning names the first.
void remove_unneeded(std::span<const std::filesystem::path> files, Observer& observer);

}  // namespace gridmill::jobs
