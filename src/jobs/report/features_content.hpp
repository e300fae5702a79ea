#pragma once

#include <filesystem>

#include "core/value.hpp"

namespace gridmill::jobs {

/// Returns what the page of a features run shows: tables, each feature with what it is and what it holds, what was left
/// out, how to repeat it. Sentences and relationships come from the store; where that is gone, they are left out.
/// Errors: UserError naming the file where the folder holds no finished features, or a file of it has changed.
core::Value features_content(const std::filesystem::path& folder);

}  // namespace gridmill::jobs
