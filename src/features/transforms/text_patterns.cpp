#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "features/transforms/characters.hpp"
#include "features/transforms/text_counts.hpp"
#include "features/transforms/words.hpp"

namespace gridmill::features::transforms {

namespace {

constexpr std::size_t kNone = std::u32string::npos;

std::size_t end_of_word(std::u32string_view text, std::size_t begin) {
  while (begin < text.size() && is_word(text[begin])) ++begin;
  return begin;
}

/// Whether a sign at i stands first or after white space that no match has taken yet.
bool begins_token(std::u32string_view text, std::size_t i, std::size_t taken) {
  return i == 0 || (i > taken && is_space(text[i - 1]));
}

/// A word [begin, end) behind # counts if it holds more than digits and no further # follows.
bool is_hashtag(std::u32string_view text, std::size_t begin, std::size_t end) {
  if (end < text.size() && text[end] == U'#') return false;
  for (std::size_t i = begin; i < end; ++i) {
    if (!is_digit(text[i])) return true;
  }
  return false;
}

/// A word [begin, end) behind @ counts if white space, the end or punctuation but @ follows it or a beginning of it;
/// the underscore is both, a character of words and punctuation.
bool is_mention(std::u32string_view text, std::size_t begin, std::size_t end) {
  if (begin == end) return false;
  if (end == text.size() || is_space(text[end]) || (is_punctuation(text[end]) && text[end] != U'@')) return true;
  return text.substr(begin + 1, end - begin - 1).find(U'_') != kNone;
}

template <class Counts>
double count_tokens(std::string_view utf8, char32_t sign, Counts counts) {
  const std::u32string text = to_characters(utf8);
  std::size_t n = 0;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != sign || !begins_token(text, i, taken)) continue;
    const std::size_t end = end_of_word(text, i + 1);
    if (!counts(text, i + 1, end)) continue;
    ++n;
    taken = end;
    i = end - 1;
  }
  return static_cast<double>(n);
}

/// For each position the next one at which such a quotation mark can close: no character of a word follows it.
std::vector<std::size_t> closings(std::u32string_view text, char32_t quote) {
  std::vector<std::size_t> next(text.size() + 1, kNone);
  for (std::size_t i = text.size(); i-- > 0;) {
    const bool closes = text[i] == quote && (i + 1 == text.size() || !is_word(text[i + 1]));
    next[i] = closes ? i : next[i + 1];
  }
  return next;
}

/// The quotation marks of one kind in a text.
struct QuoteFinder {
  std::u32string_view text;
  char32_t quote;
  std::vector<std::size_t> closing;

  QuoteFinder(std::u32string_view whole, char32_t mark) : text(whole), quote(mark), closing(closings(whole, mark)) {}

  /// Returns the end of a quotation whose match begins at `begin`: with the mark, at the very start of the text, or
  /// with the character before it, which is none of a word.
  [[nodiscard]] std::size_t end_of_match(std::size_t begin) const {
    if (begin == 0) {
      const std::size_t end = end_of_quotation(0);
      if (end != kNone) return end;
    }
    return is_word(text[begin]) ? kNone : end_of_quotation(begin + 1);
  }

 private:
  [[nodiscard]] std::size_t end_of_quotation(std::size_t open) const {
    if (open >= text.size() || text[open] != quote || closing[open + 1] == kNone) return kNone;
    return closing[open + 1] + 1;
  }
};

std::size_t count_quoted(std::u32string_view match) {
  std::size_t n = 0;
  for_each_word(to_utf8(match), [&n](std::string_view word) { n += stripped(word, true).empty() ? 0U : 1U; });
  return n;
}

}  // namespace

double count_hashtags(std::string_view text) { return count_tokens(text, U'#', is_hashtag); }
double count_mentions(std::string_view text) { return count_tokens(text, U'@', is_mention); }

double count_words_in_quotes(std::string_view utf8, Quotes quotes) {
  const std::u32string text = to_characters(utf8);
  std::vector<QuoteFinder> finders;
  if (quotes != Quotes::twofold) finders.emplace_back(text, U'\'');
  if (quotes != Quotes::single) finders.emplace_back(text, U'"');
  std::size_t n = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = kNone;
    for (std::size_t k = 0; k < finders.size() && end == kNone; ++k) end = finders[k].end_of_match(i);
    if (end == kNone) {
      ++i;
    } else {
      n += count_quoted(std::u32string_view(text).substr(i, end - i));
      i = end;
    }
  }
  return static_cast<double>(n);
}

}  // namespace gridmill::features::transforms
