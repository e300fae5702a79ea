#include "config/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <system_error>

#include <fmt/format.h>

namespace gridmill::config {

namespace {

struct TimeUnit {
  double seconds;
  std::string_view name;
  std::array<std::string_view, 2> short_names;
};

constexpr std::array<TimeUnit, 4> kTimeUnits{{{86400, "day", {"d", "d"}},
                                              {3600, "hour", {"h", "hr"}},
                                              {60, "minute", {"min", "m"}},
                                              {1, "second", {"s", "sec"}}}};

bool is_called(const TimeUnit& unit, std::string_view word) {
  const bool is_plural = word.ends_with('s') && word.substr(0, word.size() - 1) == unit.name;
  return is_plural || word == unit.name || std::ranges::find(unit.short_names, word) != unit.short_names.end();
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (read.ec != std::errc() || !std::isfinite(number) || number < 0) return std::nullopt;
  std::string_view word(read.ptr, static_cast<std::size_t>(end - read.ptr));
  word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
  for (const TimeUnit& unit : kTimeUnits) {
    if (is_called(unit, word)) return Duration{number * unit.seconds};
  }
  return std::nullopt;
}

std::string Duration::text() const {
  const TimeUnit* best = &kTimeUnits.back();
  for (const TimeUnit& unit : kTimeUnits) {
    if (seconds < unit.seconds || std::fmod(seconds, unit.seconds) != 0) continue;
    best = &unit;
    break;
  }
  const double number = seconds / best->seconds;
  return fmt::format("{} {}{}", number, best->name, number == 1 ? "" : "s");
}

std::string Dollars::text() const { return fmt::format("{} USD", usd); }

std::optional<Dollars> parse_dollars(std::string_view text) {
  Dollars amount;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, amount.usd, std::chars_format::fixed);
  if (read.ec != std::errc() || !std::isfinite(amount.usd) || amount.usd < 0) return std::nullopt;
  const std::string_view currency(read.ptr, static_cast<std::size_t>(end - read.ptr));
  if (!currency.empty() && currency != " USD" && currency != "USD") return std::nullopt;
  return amount;
}

}  // namespace gridmill::config
