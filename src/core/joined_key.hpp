#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gridmill::core {

/// Returns what a key of several columns is called, or one of its values in words: "origin, hour" and "JFK, 17".
///
/// Within a part a comma is written "\\,", and a backslash twice: other parts never give the same text.
std::string joined_key(std::span<const std::string> parts);

/// Returns the parts again; nothing if the text is not joined so.
std::optional<std::vector<std::string>> key_parts(std::string_view text);

}  // namespace gridmill::core
