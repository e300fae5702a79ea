#include "io/text/boolean_words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace gridmill::io {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;  // true, false

constexpr std::array<Pair, 4> kPairs{{{"yes", "no"}, {"true", "false"}, {"t", "f"}, {"y", "n"}}};
constexpr std::array<Pair, 2> kNumbers{{{"1", "0"}, {"1.0", "0.0"}}};
constexpr std::size_t kMostWords = 8;  // Yes, yes, YES, ...

bool is_same(std::string_view cell, std::string_view lower_case) {
  return std::equal(cell.begin(), cell.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a + ('a' - 'A') == b); });
}

std::optional<bool> value_in(const Pair& pair, std::string_view cell) {
  if (is_same(cell, pair.first)) return true;
  if (is_same(cell, pair.second)) return false;
  return {};
}

}  // namespace

std::optional<bool> parse_boolean_word(std::string_view cell) {
  for (const Pair& pair : kNumbers) {
    if (const std::optional<bool> value = value_in(pair, cell)) return value;
  }
  for (const Pair& pair : kPairs) {
    if (const std::optional<bool> value = value_in(pair, cell)) return value;
  }
  return {};
}

std::vector<std::uint8_t> boolean_pair(const WordCodes& words) {
  if (words.size() < 2 || words.size() > kMostWords) return {};
  for (const Pair& pair : kPairs) {
    std::vector<std::uint8_t> values;
    for (std::size_t code = 0; code < words.size(); ++code) {
      const std::optional<bool> value = value_in(pair, words.word(static_cast<std::int32_t>(code)));
      if (!value) break;
      values.push_back(*value ? 1 : 0);
    }
    const auto n_true = std::count(values.begin(), values.end(), 1);
    const bool has_both = n_true > 0 && static_cast<std::size_t>(n_true) < values.size();
    if (values.size() == words.size() && has_both) return values;
  }
  return {};
}

}  // namespace gridmill::io
