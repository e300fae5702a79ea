#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gridmill::features::transforms {

/// When a holiday is kept if it falls on a weekend, besides its own day; under its name + " (Observed)".
enum class Observed : std::uint8_t {
  never,
  friday_or_monday,  // Saturday: the day before; Sunday: the day after
  monday_if_sunday,  // Sunday: the day after
  next_monday,       // Saturday: + 2 days; Sunday: + 1
  two_days_later,    // Saturday or Sunday: + 2 days
};

/// One holiday of a country in the years first .. last.
struct HolidayRule {
  enum class When : std::uint8_t { date, nth_weekday, last_weekday, weekday_before, easter, date_if_weekday };

  std::string_view name;
  When when = When::date;
  int month = 1;
  int day = 1;      // date, weekday_before: day of the month; easter: days after Easter Sunday; nth_weekday: n
  int weekday = 0;  // 0 = Monday
  int first = 0;
  int last = 9999;
  Observed observed = Observed::never;

  [[nodiscard]] constexpr HolidayRule years(int from, int to) const {
    HolidayRule rule = *this;
    rule.first = from;
    rule.last = to;
    return rule;
  }
  [[nodiscard]] constexpr HolidayRule since(int year) const { return years(year, 9999); }
  [[nodiscard]] constexpr HolidayRule until(int year) const { return years(0, year); }
  [[nodiscard]] constexpr HolidayRule in(int year) const { return years(year, year); }
  [[nodiscard]] constexpr HolidayRule kept(Observed how) const {
    HolidayRule rule = *this;
    rule.observed = how;
    return rule;
  }
};

constexpr HolidayRule on(int month, int day, std::string_view name) {
  return {.name = name, .when = HolidayRule::When::date, .month = month, .day = day};
}
/// The n-th weekday of a month.
constexpr HolidayRule nth(int n, int weekday, int month, std::string_view name) {
  return {.name = name, .when = HolidayRule::When::nth_weekday, .month = month, .day = n, .weekday = weekday};
}
constexpr HolidayRule last(int weekday, int month, std::string_view name) {
  return {.name = name, .when = HolidayRule::When::last_weekday, .month = month, .day = 0, .weekday = weekday};
}
/// The last such weekday before a date.
constexpr HolidayRule before(int weekday, int month, int day, std::string_view name) {
  return {.name = name, .when = HolidayRule::When::weekday_before, .month = month, .day = day, .weekday = weekday};
}
constexpr HolidayRule easter(int days_after, std::string_view name) {
  return {.name = name, .when = HolidayRule::When::easter, .month = 0, .day = days_after};
}
/// A date, in years in which it is that weekday.
constexpr HolidayRule on_if(int weekday, int month, int day, std::string_view name) {
  return {.name = name, .when = HolidayRule::When::date_if_weekday, .month = month, .day = day, .weekday = weekday};
}

std::span<const HolidayRule> holiday_rules_us();
std::span<const HolidayRule> holiday_rules_gb();
std::span<const HolidayRule> holiday_rules_de();
std::span<const HolidayRule> holiday_rules_fr();
/// Without substitute and citizens' holidays, which depend on the others of the year.
std::span<const HolidayRule> holiday_rules_jp();

}  // namespace gridmill::features::transforms
