#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/nanoseconds.hpp"
#include "features/definitions/feature.hpp"

namespace gridmill::features {
namespace {

using Unit = Window::Unit;

struct UnitWords {
  Unit unit;
  std::string_view title;                  // as names of features print it
  std::array<std::string_view, 4> others;  // short forms; "m" is minutes, "mo" months, as in Featuretools
  std::int64_t nanoseconds;                // 0: not a fixed length
};

constexpr std::array kUnits = {
    UnitWords{Unit::milliseconds, "Milliseconds", {"ms"}, core::kSecond / 1000},
    UnitWords{Unit::seconds, "Seconds", {"s", "sec"}, core::kSecond},
    UnitWords{Unit::minutes, "Minutes", {"m", "min"}, core::kMinute},
    UnitWords{Unit::hours, "Hours", {"h"}, core::kHour},
    UnitWords{Unit::days, "Days", {"d"}, core::kDay},
    UnitWords{Unit::weeks, "Weeks", {"w"}, 7 * core::kDay},
    UnitWords{Unit::months, "Months", {"mo"}, 0},
    UnitWords{Unit::years, "Years", {"Y", "y"}, 0},
    UnitWords{Unit::observations, "Observations", {"o"}, 0},
};

const UnitWords& words_of(Unit unit) { return kUnits[static_cast<std::size_t>(unit)]; }

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

std::optional<Unit> unit_named(std::string_view word) {
  for (const UnitWords& each : kUnits) {
    const std::string_view one = each.title.substr(0, each.title.size() - 1);
    if (same_word(word, each.title) || same_word(word, one)) return each.unit;
    if (!word.empty() && std::find(each.others.begin(), each.others.end(), word) != each.others.end()) return each.unit;
  }
  return std::nullopt;
}

/// The same time of day on the same day of the month, or on the month's last day where there is no such day.
std::int64_t months_before(std::int64_t time, std::int64_t n_months) {
  using namespace std::chrono;
  const sys_time<nanoseconds> point{nanoseconds(time)};
  const sys_days day = floor<days>(point);
  const nanoseconds time_of_day = point - day;
  const year_month_day date{day};
  const year_month month = date.year() / date.month() - months(n_months);
  const year_month_day_last last = month / std::chrono::last;
  const sys_days moved = month / std::min(date.day(), last.day());
  return (sys_time<nanoseconds>(moved) + time_of_day).time_since_epoch().count();
}

}  // namespace

std::string Window::text() const { return fmt::format("{} {}", amount, words_of(unit).title); }

std::int64_t Window::before(std::int64_t time) const {
  GRIDMILL_ASSERT(unit != Unit::observations, "the window is a length of time");
  if (unit == Unit::months) return months_before(time, amount);
  if (unit == Unit::years) return months_before(time, 12 * amount);
  return time - amount * words_of(unit).nanoseconds;
}

Window read_window(const std::string& text) {
  const auto fail = [&text] {
    return core::UserError(fmt::format("cannot read '{}' as a length of time", text),
                           "write a whole number and a unit, such as '2 days', '36 hours', '6h' or '3 observations'; "
                           "units: ms, seconds (s), minutes (m), hours (h), days (d), weeks (w), months (mo), "
                           "years (Y), observations (o)");
  };
  Window window;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, window.amount);
  if (error != std::errc{} || window.amount < 0) throw fail();
  const char* const word = std::find_if(rest, end, [](char c) { return c != ' '; });
  const std::optional<Unit> unit = unit_named({word, end});
  if (!unit) throw fail();
  window.unit = *unit;
  // Longer than the range of times [ns] would run over: 292 years.
  const std::int64_t length = words_of(*unit).nanoseconds;
  const std::int64_t most = *unit == Unit::observations ? INT64_MAX
                            : *unit == Unit::months     ? 12 * 292
                            : *unit == Unit::years      ? 292
                                                        : INT64_MAX / length;
  if (window.amount > most) {
    throw core::UserError(fmt::format("'{}' is too long: times reach back 292 years", text));
  }
  return window;
}

}  // namespace gridmill::features
