#include "io/text/cell.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

#include <fmt/format.h>

namespace gridmill::io {
namespace {

constexpr std::size_t kLongestNumber = 400;  // characters; longer cells with a decimal comma are not numbers

std::optional<double> parse_point_number(std::string_view cell) {
  if (!cell.empty() && cell.front() == '+') {
    cell.remove_prefix(1);
    if (!cell.empty() && cell.front() == '-') return {};
  }
  const char* const end = cell.data() + cell.size();
  double value = 0;
  const auto [stop, error] = std::from_chars(cell.data(), end, value);
  if (stop != end || cell.empty()) return {};
  if (error == std::errc{}) return value;
  if (error != std::errc::result_out_of_range) return {};
  // The exponent of a long double is wide enough to tell "too large" from "too small".
  long double wide = 0;
  if (std::from_chars(cell.data(), end, wide).ec != std::errc{}) return {};
  return static_cast<double>(wide);
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view cell) {
  constexpr std::size_t kSafeDigits = 18;  // cannot overflow
  const bool has_sign = !cell.empty() && (cell.front() == '-' || cell.front() == '+');
  const std::string_view digits = cell.substr(has_sign ? 1 : 0);
  if (digits.empty()) return {};
  std::int64_t value = 0;
  if (digits.size() <= kSafeDigits) {
    for (const char c : digits) {
      const auto digit = static_cast<unsigned char>(c - '0');
      if (digit > 9) return {};
      value = value * 10 + digit;
    }
    return has_sign && cell.front() == '-' ? -value : value;
  }
  if (digits.front() < '0' || digits.front() > '9') return {};
  const std::string_view number = cell.front() == '+' ? digits : cell;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || stop != number.data() + number.size()) return {};
  return value;
}

std::optional<std::int64_t> parse_whole(std::string_view cell) {
  if (const auto integer = parse_integer(cell)) return integer;
  constexpr double kExact = 9007199254740992.0;  // 2^53: below, no two whole numbers round to the same double
  const std::optional<double> number = parse_point_number(cell);
  if (!number || !(std::abs(*number) < kExact) || std::trunc(*number) != *number) return {};
  return static_cast<std::int64_t>(*number);
}

std::optional<double> parse_real(std::string_view cell, char decimal) {
  if (decimal == '.') return parse_point_number(cell);
  if (cell.size() > kLongestNumber || cell.find('.') != std::string_view::npos) return {};
  char with_point[kLongestNumber];
  std::replace_copy(cell.begin(), cell.end(), with_point, decimal, '.');
  return parse_point_number({with_point, cell.size()});
}

bool is_whole_number(std::string_view cell) {
  if (!cell.empty() && (cell.front() == '-' || cell.front() == '+')) cell.remove_prefix(1);
  return !cell.empty() && std::all_of(cell.begin(), cell.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_exact(std::string_view cell, double value) {
  const bool negative = cell.front() == '-';
  if (negative || cell.front() == '+') cell.remove_prefix(1);
  cell.remove_prefix(std::min(cell.find_first_not_of('0'), cell.size()));
  return fmt::format("{:.0f}", negative ? -value : value) == cell;
}

bool has_double(std::int64_t value) {
  constexpr std::int64_t kSafe = std::int64_t{1} << 53U;
  if (value >= -kSafe && value <= kSafe) return true;
  const auto rounded = static_cast<double>(value);
  return rounded < 9223372036854775808.0 && static_cast<std::int64_t>(rounded) == value;
}

std::optional<bool> parse_boolean(std::string_view cell) {
  if (cell == "true" || cell == "True" || cell == "TRUE") return true;
  if (cell == "false" || cell == "False" || cell == "FALSE") return false;
  return {};
}

std::optional<std::array<double, 2>> parse_place(std::string_view cell) {
  if (cell.size() >= 2 && cell.front() == '(' && cell.back() == ')') cell = cell.substr(1, cell.size() - 2);
  const std::size_t cut = cell.find_first_of(", ");
  if (cut == std::string_view::npos) return {};
  const std::size_t second = cell.find_first_not_of(", ", cut);
  if (second == std::string_view::npos) return {};
  const std::optional<double> latitude = parse_point_number(cell.substr(0, cut));
  const std::optional<double> longitude = parse_point_number(cell.substr(second));
  if (!latitude || !longitude || !(std::abs(*latitude) <= 90) || !(std::abs(*longitude) <= 180)) return {};
  return std::array<double, 2>{*latitude, *longitude};
}

MissingWords::MissingWords(std::span<const std::string> words) {
  for (const std::string& word : words) {
    if (word.empty()) {
      empty_is_missing_ = true;
    } else {
      starts_word_[static_cast<unsigned char>(word.front())] = true;
      words_.push_back(word);
    }
  }
}

bool MissingWords::is_word(std::string_view cell) const {
  return std::find(words_.begin(), words_.end(), cell) != words_.end();
}

}  // namespace gridmill::io
