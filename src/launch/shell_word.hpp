#pragma once

#include <string>
#include <string_view>

namespace gridmill::launch {

/// Returns a word of a shell's command that stands for a text, whatever is in it.
inline std::string shell_word(std::string_view text) {
  std::string word = "'";
  for (const char letter : text) word += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return word + "'";
}

}  // namespace gridmill::launch
