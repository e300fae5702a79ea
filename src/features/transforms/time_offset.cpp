#include "features/transforms/time_offset.hpp"

#include <array>
#include <charconv>
#include <cstddef>

#include "features/transforms/calendar.hpp"

namespace gridmill::features::transforms {

namespace {

struct OffsetUnit {
  std::string_view word;
  std::int64_t length;  // [ns]
};

constexpr std::array<OffsetUnit, 20> kOffsetUnits = {{{"W", 7 * kDay},
                                                      {"w", 7 * kDay},
                                                      {"D", kDay},
                                                      {"d", kDay},
                                                      {"H", kHour},
                                                      {"h", kHour},
                                                      {"T", kMinute},
                                                      {"t", kMinute},
                                                      {"min", kMinute},
                                                      {"Min", kMinute},
                                                      {"S", kSecond},
                                                      {"s", kSecond},
                                                      {"L", kSecond / 1000},
                                                      {"l", kSecond / 1000},
                                                      {"ms", kSecond / 1000},
                                                      {"U", 1000},
                                                      {"u", 1000},
                                                      {"us", 1000},
                                                      {"N", 1},
                                                      {"ns", 1}}};

bool is_unit_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::optional<std::int64_t> length_of(std::string_view word) {
  for (const OffsetUnit& unit : kOffsetUnits) {
    if (unit.word == word) return unit.length;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> read_time_offset(std::string_view text) {
  std::int64_t total = 0;
  while (!text.empty()) {
    double amount = 1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount, std::chars_format::fixed);
    if (error == std::errc{}) text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    std::size_t n = 0;
    while (n < text.size() && is_unit_letter(text[n])) ++n;
    const std::optional<std::int64_t> unit = length_of(text.substr(0, n));
    if (!unit) return std::nullopt;
    const double length = amount * static_cast<double>(*unit);
    if (!(length > 0) || length + static_cast<double>(total) > 9e18) return std::nullopt;
    total += static_cast<std::int64_t>(length + 0.5);
    text.remove_prefix(n);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
  return total > 0 ? std::optional(total) : std::nullopt;
}

}  // namespace gridmill::features::transforms
