#include "io/text/word_findings.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/time_format.hpp"
#include "io/text/cell.hpp"
#include "io/text/datetime.hpp"

namespace gridmill::io {
namespace {

constexpr std::size_t kWordsLookedAt = 10000;  // words
constexpr std::size_t kFewWords = 3;           // that are no numbers, or no dates
constexpr std::size_t kManyNumbers = 20;       // or dates, beside each of them

bool are_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// 1,234 or 12.345.678, with `mark` between the thousands.
bool has_thousands(std::string_view word, char mark) {
  if (!word.empty() && (word.front() == '-' || word.front() == '+')) word.remove_prefix(1);
  const std::size_t first = word.find(mark);
  if (first == std::string_view::npos || first == 0 || first > 3 || !are_digits(word.substr(0, first))) return false;
  for (word.remove_prefix(first); !word.empty() && word.front() == mark; word.remove_prefix(4)) {
    if (word.size() < 4 || !are_digits(word.substr(1, 3))) return false;
  }
  return word.empty() || parse_real(word).has_value();
}

}  // namespace

std::string numbers_among(const WordCodes& words, const std::string& column, char decimal) {
  const char other = decimal == '.' ? ',' : '.';
  std::size_t n_numbers = 0;
  std::size_t n_thousands = 0;
  std::vector<std::string_view> decimals;  // written with the other mark
  std::vector<std::string_view> rest;
  for (std::size_t code = 0; code < std::min(words.size(), kWordsLookedAt) && rest.size() <= kFewWords; ++code) {
    const std::string_view word = words.word(static_cast<std::int32_t>(code));
    if (parse_real(word, decimal)) {
      ++n_numbers;
    } else if (has_thousands(word, other)) {
      ++n_thousands;
      decimals.push_back(word);
    } else if (parse_real(word, other)) {
      decimals.push_back(word);
    } else {
      rest.push_back(word);
    }
  }
  if (rest.empty() && !decimals.empty() && n_thousands == decimals.size()) {
    return fmt::format(
        "'{}' is read as words, since '{}' is no number; numbers are written without marks between thousands", column,
        decimals.front());
  }
  if (rest.empty() && !decimals.empty()) {
    return fmt::format("'{}' is read as words, since '{}' is no number; set decimal: \"{}\" if it is one", column,
                       decimals.front(), other);
  }
  if (rest.empty() || rest.size() > kFewWords || n_numbers < kManyNumbers * rest.size()) return {};
  return fmt::format(
      "'{}' is read as words: all are numbers but '{}'; if that means no value, add it to the missing words: missing: "
      "[\"\", '{}']",
      column, fmt::join(rest, "', '"), fmt::join(rest, "', '"));
}

std::string dates_among(const WordCodes& words, const std::string& column) {
  std::string_view day_first;
  std::string_view month_first;
  std::vector<std::string_view> rest;
  std::size_t n_dates = 0;
  for (std::size_t code = 0; code < std::min(words.size(), kWordsLookedAt) && rest.size() <= kFewWords; ++code) {
    const std::string_view word = words.word(static_cast<std::int32_t>(code));
    const TimeText read = read_time(word);
    if (read.kind == core::TimeKind::none) {
      rest.push_back(word);
      continue;
    }
    ++n_dates;
    if (read.shows) (*read.shows == DayOrder::day_first ? day_first : month_first) = word;
  }
  if (rest.empty() && !day_first.empty() && !month_first.empty()) {
    return fmt::format(
        "'{}' is read as words: in some of its dates the day stands first ('{}'), in others the month ('{}')", column,
        day_first, month_first);
  }
  if (rest.empty() || rest.size() > kFewWords || n_dates < kManyNumbers * rest.size()) return {};
  return fmt::format(
      "'{}' is read as words: all are dates but '{}'; if that means no value, add it to the missing words: missing: "
      "[\"\", '{}']",
      column, fmt::join(rest, "', '"), fmt::join(rest, "', '"));
}

}  // namespace gridmill::io
