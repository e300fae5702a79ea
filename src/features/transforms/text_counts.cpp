#include "features/transforms/text_counts.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>

#include "features/transforms/characters.hpp"
#include "features/transforms/words.hpp"

namespace gridmill::features::transforms {

namespace {

template <class F>
double count_bytes(std::string_view text, F counts) {
  return static_cast<double>(
      std::count_if(text.begin(), text.end(), [counts](char c) { return counts(static_cast<unsigned char>(c)); }));
}

template <class F>
double count_words_that(std::string_view text, F counts) {
  std::size_t n = 0;
  for_each_word(text, [&](std::string_view word) { n += counts(word) ? 1U : 0U; });
  return static_cast<double>(n);
}

std::string lower_case(std::string_view text) {
  std::u32string characters = to_characters(text);
  for (char32_t& c : characters) c = lower(c);
  return to_utf8(characters);
}

constexpr bool ends_sentence(char32_t c) {
  return c == U'!' || c == U',' || c == U'.' || c == U':' || c == U';' || c == U'?';
}

bool is_upper_case(std::string_view word) {
  while (!word.empty()) {
    if (!is_unchanged_by_upper(take_character(word))) return false;
  }
  return true;
}

}  // namespace

double count_punctuation(std::string_view text) { return count_bytes(text, is_punctuation); }
double count_upper_case(std::string_view text) { return count_bytes(text, is_upper_ascii); }
double count_blanks(std::string_view text) {
  return count_bytes(text, [](char32_t c) { return c == U' '; });
}

double total_word_length(std::string_view text) {
  return static_cast<double>(count_characters(text)) - count_bytes(text, [](char32_t c) {
           return (is_punctuation(c) && c != U'\\') || c == U' ' || c == U'\t' || c == U'\n';
         });
}

double count_unique_separators(std::string_view text, std::span<const char32_t> separators) {
  const std::u32string characters = to_characters(text);
  const auto occurs = [&characters](char32_t c) { return characters.find(c) != std::u32string::npos; };
  return static_cast<double>(std::count_if(separators.begin(), separators.end(), occurs));
}

double count_words(std::string_view text) {
  return count_words_that(text, [](std::string_view word) { return !stripped(word).empty(); });
}

double mean_characters_per_word(std::string_view text) {
  const std::u32string characters = to_characters(text);
  const std::size_t n = characters.size();
  std::size_t n_words = 0;
  std::size_t n_characters = 0;
  bool inside = false;
  for (std::size_t i = 0; i < n;) {
    std::size_t run = i;
    while (run < n && ends_sentence(characters[run])) ++run;
    const bool left_out = run > i && (run == n || characters[run] == U' ' || characters[run] == U'\n');
    if (left_out || is_space(characters[i])) {
      inside = false;
      i = left_out ? run : i + 1;
      continue;
    }
    n_words += inside ? 0U : 1U;
    inside = true;
    const std::size_t length = std::max<std::size_t>(run - i, 1);
    n_characters += length;
    i += length;
  }
  return n_words == 0 ? 0 : static_cast<double>(n_characters) / static_cast<double>(n_words);
}

double median_of(std::vector<double>& lengths) {
  if (lengths.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(lengths.begin(), lengths.end());
  const std::size_t middle = lengths.size() / 2;
  return lengths.size() % 2 == 1 ? lengths[middle] : (lengths[middle - 1] + lengths[middle]) / 2;
}

double median_word_length(std::string_view text) {
  std::vector<double> lengths;
  for_each_word(text, [&lengths](std::string_view word) {
    if (!word.empty()) lengths.push_back(static_cast<double>(count_characters(word)));
  });
  return median_of(lengths);
}

double count_common_words(std::string_view text, std::span<const std::string_view> words) {
  return count_words_that(text, [words](std::string_view word) {
    const std::string plain = lower_case(word);
    return std::binary_search(words.begin(), words.end(), stripped(plain));
  });
}

double count_unique_words(std::string_view text, bool any_case) {
  const std::string changed = any_case ? lower_case(text) : std::string();
  std::vector<std::string_view> words;
  for_each_word(any_case ? std::string_view(changed) : text, [&words](std::string_view word) {
    if (!stripped(word).empty()) words.push_back(stripped(word));
  });
  std::sort(words.begin(), words.end());
  return static_cast<double>(std::unique(words.begin(), words.end()) - words.begin());
}

double count_title_words(std::string_view text) {
  std::size_t n = 0;
  bool counted = false;  // the word at hand
  while (!text.empty()) {
    const char32_t c = take_character(text);
    if (is_space(c)) {
      counted = false;
    } else if (is_upper_ascii(c) && !counted) {
      counted = true;
      ++n;
    }
  }
  return static_cast<double>(n);
}

double count_upper_case_words(std::string_view text) {
  return count_words_that(text, [](std::string_view word) { return !stripped(word).empty() && is_upper_case(word); });
}

}  // namespace gridmill::features::transforms
