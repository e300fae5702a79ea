#pragma once

#include <cstddef>
#include <string_view>

namespace gridmill::io {

struct Utf8Check {
  std::size_t n_valid = 0;  // bytes of whole, valid characters from the beginning
  bool cut = false;         // what follows them begins a character that the text ends within; otherwise it is invalid
};

/// Checks `text` against RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
Utf8Check check_utf8(std::string_view text);

/// Returns the number of characters in valid UTF-8.
std::size_t n_characters(std::string_view text);

}  // namespace gridmill::io
