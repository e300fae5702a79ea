#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace gridmill::core {

/// Returns the number with the word that it counts: "1 row", "2 rows". For words whose plural is one `s` longer.
template <std::integral Number>
std::string counted(Number n, std::string_view word) {
  std::string text = std::to_string(n);
  text += ' ';
  text += word;
  if (n != 1) text += 's';
  return text;
}

}  // namespace gridmill::core
