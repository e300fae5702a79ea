#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Characters (code points) of UTF-8 and what Python takes them for.
namespace gridmill::features::transforms {

/// Number of code points. Bytes that are not UTF-8 count as one each, but for stray continuations, which count as none.
std::size_t count_characters(std::string_view utf8);

/// Takes the first code point from `rest`, which must not be empty; a wrong byte gives U+FFFD.
char32_t take_character(std::string_view& rest);

std::u32string to_characters(std::string_view utf8);
std::string to_utf8(std::u32string_view characters);

/// string.punctuation: the 32 of ASCII.
constexpr bool is_punctuation(char32_t c) {
  return (c >= U'!' && c <= U'/') || (c >= U':' && c <= U'@') || (c >= U'[' && c <= U'`') || (c >= U'{' && c <= U'~');
}
constexpr bool is_upper_ascii(char32_t c) { return c >= U'A' && c <= U'Z'; }
constexpr bool is_lower_ascii(char32_t c) { return c >= U'a' && c <= U'z'; }

/// str.isspace and \s: white space and separators of Unicode.
constexpr bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

/// \w: letters, digits and the underscore of Unicode. Beyond ASCII as the C library's C.UTF-8 has it, which also counts
/// some combining marks.
bool is_word(char32_t c);
/// \d.
bool is_digit(char32_t c);
/// str.lower of one character, where that is one character.
char32_t lower(char32_t c);
/// Whether str.upper leaves the character as it is.
bool is_unchanged_by_upper(char32_t c);

}  // namespace gridmill::features::transforms
