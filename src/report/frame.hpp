#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace gridmill::report {

/// Returns text as it stands between the tags of HTML.
std::string escaped(std::string_view text);

/// Returns a frame with texts in place of its marks, given in the order of the frame, each once. What stands in a text
/// is not looked at.
std::string filled(std::string_view frame, std::span<const std::pair<std::string_view, std::string_view>> texts);

}  // namespace gridmill::report
