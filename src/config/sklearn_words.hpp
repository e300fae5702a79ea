#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gridmill::config {

/// Returns "scikit-learn's n_jobs is gridmill search --ranks N" for a word scikit-learn's users know that is called
/// otherwise here, or nothing.
std::optional<std::string> hint_for_sklearn_word(std::string_view word);

}  // namespace gridmill::config
