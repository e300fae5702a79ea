#include "prepare/terms.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <unicode/ucasemap.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "core/error.hpp"

namespace gridmill::prepare {

namespace {

/// Python's str.isalnum, or the underscore: what its regular expressions call a character of a word.
bool is_of_word(UChar32 c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  return u_isalpha(c) != 0 || u_isdigit(c) != 0 || u_getNumericValue(c) != U_NO_NUMERIC_VALUE;
}

/// Python's str.isspace.
bool is_blank(UChar32 c) {
  if (c < 0x80) return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20);
  constexpr std::array<UChar32, 9> kOthers{0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0x3000};
  return (c >= 0x2000 && c <= 0x200A) || std::find(kOthers.begin(), kOthers.end(), c) != kOthers.end();
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  const bool is_ascii =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii) {
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
  }
  static const std::unique_ptr<UCaseMap, decltype(&ucasemap_close)> map = [] {
    UErrorCode error = U_ZERO_ERROR;
    return std::unique_ptr<UCaseMap, decltype(&ucasemap_close)>(ucasemap_open("", 0, &error), ucasemap_close);
  }();
  GRIDMILL_ASSERT(map != nullptr, "ICU knows the case of letters");
  out.resize(3 * text.size());  // no letter grows more
  UErrorCode error = U_ZERO_ERROR;
  const std::int32_t size = ucasemap_utf8ToLower(map.get(), out.data(), static_cast<std::int32_t>(out.size()),
                                                 text.data(), static_cast<std::int32_t>(text.size()), &error);
  out.resize(static_cast<std::size_t>(size));
  return out;
}

// ICU's macro converts within itself.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
/// Returns the character that begins at `at`, and moves on behind it.
UChar32 next_character(std::string_view text, std::int32_t& at) {
  UChar32 c = 0;
  U8_NEXT(text.data(), at, static_cast<std::int32_t>(text.size()), c);
  return c;
}
#pragma GCC diagnostic pop

struct Piece {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t length = 0;  // characters
};

/// Longest runs of characters of which `belongs` holds.
template <class Belongs>
std::vector<Piece> runs(std::string_view text, Belongs belongs) {
  std::vector<Piece> found;
  Piece run;
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t i = 0; i < size;) {
    const std::int32_t begin = i;
    const UChar32 c = next_character(text, i);
    if (c >= 0 && belongs(c)) {
      if (run.length == 0) run.begin = static_cast<std::size_t>(begin);
      run.end = static_cast<std::size_t>(i);
      ++run.length;
    } else if (run.length > 0) {
      found.push_back(std::exchange(run, {}));
    }
  }
  if (run.length > 0) found.push_back(run);
  return found;
}

void take_words(const std::string& text, const TermRule& rule, const std::function<void(std::string_view)>& take) {
  std::vector<Piece> words = runs(text, is_of_word);
  std::erase_if(words, [](const Piece& word) { return word.length < 2; });
  const auto word = [&](std::size_t i) {
    return std::string_view(text).substr(words[i].begin, words[i].end - words[i].begin);
  };
  std::string joined;
  for (std::size_t n = rule.least; n <= std::min(rule.most, words.size()); ++n) {
    for (std::size_t first = 0; first + n <= words.size(); ++first) {
      if (n == 1) {
        take(word(first));
        continue;
      }
      joined = word(first);
      for (std::size_t i = first + 1; i < first + n; ++i) (joined += ' ') += word(i);
      take(joined);
    }
  }
}

void take_characters(const std::string& text, const TermRule& rule, const std::function<void(std::string_view)>& take) {
  std::string padded;
  std::vector<std::size_t> at;  // where its characters begin, and its end
  for (const Piece& word : runs(text, [](UChar32 c) { return !is_blank(c); })) {
    padded = ' ' + text.substr(word.begin, word.end - word.begin) + ' ';
    at.clear();
    for (std::size_t i = 0; i < padded.size(); ++i) {
      if (!U8_IS_TRAIL(static_cast<std::uint8_t>(padded[i]))) at.push_back(i);
    }
    at.push_back(padded.size());
    const std::size_t length = at.size() - 1;
    for (std::size_t n = rule.least; n <= rule.most; ++n) {
      const std::size_t size = std::min(n, length);
      for (std::size_t first = 0; first + size <= length; ++first) {
        take(std::string_view(padded).substr(at[first], at[first + size] - at[first]));
      }
      if (n >= length) break;  // a short word counts once
    }
  }
}

}  // namespace

void for_each_term(std::string_view text, const TermRule& rule, const std::function<void(std::string_view)>& take) {
  const std::string lowered = lower_case(text);
  if (rule.unit == TermRule::Unit::word) {
    take_words(lowered, rule, take);
  } else {
    take_characters(lowered, rule, take);
  }
}

}  // namespace gridmill::prepare
