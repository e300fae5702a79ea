#pragma once

#include <string>
#include <string_view>

namespace gridmill::core {

/// Returns a text as a field of a CSV line: in quotes, quotes in it doubled, where it holds a comma, a quote or a line
/// end. Source: Python's csv.QUOTE_MINIMAL.
std::string csv_field(std::string_view text);

}  // namespace gridmill::core
