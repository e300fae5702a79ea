#pragma once

#include <optional>
#include <string_view>

namespace gridmill::features {

/// Returns how a primitive's result is said, with {} for each input and <n> for the argument n: "the sum of {}".
/// Nothing if there is no phrase for it.
std::optional<std::string_view> phrase_for(std::string_view primitive);

}  // namespace gridmill::features
