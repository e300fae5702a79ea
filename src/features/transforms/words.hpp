#pragma once

#include <cstddef>
#include <string_view>

#include "features/transforms/characters.hpp"

/// Words of UTF-8 texts.
namespace gridmill::features::transforms {

/// Blank, tab or line feed: what separates words in most counts.
constexpr bool is_delimiter(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/// Calls f(word) for each word between delimiters, empty ones included, as Python's re.split.
template <class F>
void for_each_word(std::string_view text, F f) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && !is_delimiter(text[i])) continue;
    f(text.substr(begin, i - begin));
    begin = i + 1;
  }
}

/// Returns a word without the ASCII punctuation around it (and blanks, if asked).
inline std::string_view stripped(std::string_view word, bool blanks = false) {
  const auto strips = [blanks](char c) {
    return is_punctuation(static_cast<unsigned char>(c)) || (blanks && c == ' ');
  };
  while (!word.empty() && strips(word.front())) word.remove_prefix(1);
  while (!word.empty() && strips(word.back())) word.remove_suffix(1);
  return word;
}

}  // namespace gridmill::features::transforms
