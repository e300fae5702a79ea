#pragma once

#include <span>
#include <string_view>

namespace gridmill::features::transforms {

/// Returns frequent English words, lower case, sorted: 706 of our own choice. (Featuretools uses a published list of
/// 1000; counts by the two differ.)
std::span<const std::string_view> common_english_words();

}  // namespace gridmill::features::transforms
