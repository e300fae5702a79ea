#include "features/transforms/holidays.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "features/transforms/holiday_rules.hpp"

namespace gridmill::features::transforms {

namespace {

/// Easter Sunday of the Gregorian calendar. Source: the "anonymous" computus (Nature 1876; Meeus 1991).
Day easter_sunday(int year) {
  const int a = year % 19;
  const int b = year / 100;
  const int c = year % 100;
  const int epact = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  const int to_sunday = (32 + 2 * (b % 4) + 2 * (c / 4) - epact - c % 4) % 7;
  const int cut = (a + 11 * epact + 22 * to_sunday) / 451;
  const int day = epact + to_sunday - 7 * cut + 114;
  return day_number(year, day / 31, day % 31 + 1);
}

/// Days until the next such weekday, 0 to 6.
int until(int weekday, Day day) { return (weekday - weekday_of(day) + 7) % 7; }

std::optional<Day> day_in(const HolidayRule& rule, int year) {
  using When = HolidayRule::When;
  if (year < rule.first || year > rule.last) return std::nullopt;
  if (rule.when == When::easter) return easter_sunday(year) + rule.day;
  const Day first = day_number(year, rule.month, 1);
  const Day date = first + rule.day - 1;
  switch (rule.when) {
    case When::nth_weekday: return first + until(rule.weekday, first) + 7 * (rule.day - 1);
    case When::last_weekday: {
      const Day last_day = first + days_in_month(year, rule.month) - 1;
      return last_day - 6 + until(rule.weekday, last_day - 6);
    }
    case When::weekday_before: return date - 7 + until(rule.weekday, date - 7);
    case When::date_if_weekday: return weekday_of(date) == rule.weekday ? std::optional(date) : std::nullopt;
    case When::date:
    case When::easter: break;
  }
  return date;
}

/// Days by which a holiday is moved for its observance; 0: none.
int shift(Observed observed, Day day) {
  const bool saturday = weekday_of(day) == 5;
  const bool sunday = weekday_of(day) == 6;
  if (!saturday && !sunday) return 0;
  switch (observed) {
    case Observed::never: return 0;
    case Observed::friday_or_monday: return saturday ? -1 : 1;
    case Observed::monday_if_sunday: return saturday ? 0 : 1;
    case Observed::next_monday: return saturday ? 2 : 1;
    case Observed::two_days_later: return 2;
  }
  return 0;
}

void add_by_rules(std::span<const HolidayRule> rules, int year, std::vector<Holiday>& holidays) {
  for (const HolidayRule& rule : rules) {
    const std::optional<Day> day = day_in(rule, year);
    if (!day) continue;
    holidays.push_back({*day, std::string(rule.name)});
    const int days = shift(rule.observed, *day);
    if (days != 0) holidays.push_back({*day + days, std::string(rule.name) + " (Observed)"});
  }
}

/// Days of the equinoxes, from the approximation that Japan's law is read with.
Day vernal_equinox(int year) {
  constexpr int kLastOn21[] = {1956, 1989, 2022, 2055};
  return day_number(year, 3, year <= kLastOn21[year % 4] ? 21 : 20);
}
Day autumnal_equinox(int year) {
  constexpr int kFirstOn22[] = {2012, 2045, 2078, 9999};
  const bool late = year % 4 == 3 && year <= 1979;
  return day_number(year, 9, late ? 24 : year >= kFirstOn22[year % 4] ? 22 : 23);
}

bool contains(const std::vector<Day>& days, Day day) { return std::find(days.begin(), days.end(), day) != days.end(); }

/// Adds what depends on the other holidays of a year in Japan: the first free day after one on a Sunday, and a day
/// between two.
void add_substitutes(std::vector<Day> days, std::vector<Holiday>& holidays) {
  const std::vector<Day> original = days;
  for (const Day day : original) {
    if (weekday_of(day) != 6) continue;
    Day substitute = day + 1;
    while (contains(days, substitute)) ++substitute;
    days.push_back(substitute);
    holidays.push_back({substitute, "振替休日"});
  }
  for (const Day day : days) {
    const Day between = day + 1;
    if (!contains(days, day + 2) || contains(days, between) || weekday_of(between) == 6) continue;
    holidays.push_back({between, "国民の休日"});
  }
}

void add_japan(int year, std::vector<Holiday>& holidays) {
  const std::size_t begin = holidays.size();
  add_by_rules(holiday_rules_jp(), year, holidays);
  holidays.push_back({vernal_equinox(year), "春分の日"});
  holidays.push_back({autumnal_equinox(year), "秋分の日"});
  std::vector<Day> days;
  for (std::size_t i = begin; i < holidays.size(); ++i) days.push_back(holidays[i].day);
  std::sort(days.begin(), days.end());
  add_substitutes(std::move(days), holidays);
}

/// Sorts by day, then name, and joins the names of one day.
std::vector<Holiday> one_a_day(std::vector<Holiday> holidays) {
  std::sort(holidays.begin(), holidays.end(),
            [](const Holiday& a, const Holiday& b) { return std::pair(a.day, a.name) < std::pair(b.day, b.name); });
  std::vector<Holiday> joined;
  for (Holiday& each : holidays) {
    if (joined.empty() || joined.back().day != each.day) {
      joined.push_back(std::move(each));
    } else {
      joined.back().name += "; " + each.name;
    }
  }
  return joined;
}

std::span<const HolidayRule> rules_of(std::string_view country) {
  if (country == "US") return holiday_rules_us();
  if (country == "GB" || country == "UK") return holiday_rules_gb();
  if (country == "DE") return holiday_rules_de();
  if (country == "FR") return holiday_rules_fr();
  return {};
}

}  // namespace

std::vector<std::string> holiday_countries() { return {"US", "GB", "UK", "DE", "FR", "JP"}; }

std::vector<Holiday> holidays_of(std::string_view country) {
  std::vector<Holiday> holidays;
  for (int year = kFirstHolidayYear; year <= kLastHolidayYear; ++year) {
    if (country == "JP") {
      add_japan(year, holidays);
    } else {
      add_by_rules(rules_of(country), year, holidays);
    }
  }
  return one_a_day(std::move(holidays));
}

}  // namespace gridmill::features::transforms
