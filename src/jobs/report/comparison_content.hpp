#pragma once

#include <filesystem>
#include <span>

#include "core/value.hpp"

namespace gridmill::jobs {

/// Returns what the page of several searches shows: scores side by side, what differs in their configs, what they cost,
/// and whether differences are more than chance where both were judged on the same folds.
/// Errors: as SearchRecord.
core::Value comparison_content(std::span<const std::filesystem::path> folders);

}  // namespace gridmill::jobs
