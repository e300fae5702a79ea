#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "io/text/word_codes.hpp"

namespace gridmill::io {

/// Returns what a cell of a column says that the user calls boolean: true, yes, y, t, 1 or 1.0 and false, no, n, f, 0
/// or 0.0, in any case; nothing for anything else.
std::optional<bool> parse_boolean_word(std::string_view cell);

/// Returns 1 or 0 by code if the words of a column are, in any case, yes and no, true and false, t and f, or y and n:
/// both of one pair, and nothing else; else nothing. Source: Woodwork 0.27, boolean_inference_strings.
std::vector<std::uint8_t> boolean_pair(const WordCodes& words);

}  // namespace gridmill::io
