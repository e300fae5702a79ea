#pragma once

#include <chrono>
#include <cstdint>

#include "core/nanoseconds.hpp"

/// Dates in the proleptic Gregorian calendar, from and to times in ns and days since 1970-01-01. Exact before 1970 too.
namespace gridmill::features::transforms {

using Day = std::int64_t;  // days since 1970-01-01

using core::kDay;
using core::kHour;
using core::kMinute;
using core::kSecond;

struct Date {
  int year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;    // 1 to 31
  friend bool operator==(const Date&, const Date&) = default;
};

/// Quotient rounded down, for divisors > 0.
constexpr std::int64_t floor_div(std::int64_t x, std::int64_t divisor) {
  const std::int64_t quotient = x / divisor;
  return quotient - (x % divisor < 0 ? 1 : 0);
}

constexpr Day day_of(std::int64_t time) { return floor_div(time, kDay); }
constexpr std::int64_t time_of_day(std::int64_t time) { return time - day_of(time) * kDay; }
constexpr int hour_of(std::int64_t time) { return static_cast<int>(time_of_day(time) / kHour); }

constexpr Date date_of(Day day) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{day}}};
  return {static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
          static_cast<int>(static_cast<unsigned>(ymd.day()))};
}

constexpr Day day_number(int year, int month, int day) {
  using namespace std::chrono;
  return sys_days{std::chrono::year{year} / month / day}.time_since_epoch().count();
}

/// 0 = Monday to 6 = Sunday.
constexpr int weekday_of(Day day) { return static_cast<int>(day + 3 - floor_div(day + 3, 7) * 7); }

constexpr bool is_leap_year(int year) { return std::chrono::year{year}.is_leap(); }

constexpr int days_in_month(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap_year(year) ? 29 : kDays[month - 1];
}

constexpr int day_of_year(const Date& date) {
  return static_cast<int>(day_number(date.year, date.month, date.day) - day_number(date.year, 1, 1)) + 1;
}

/// Week of ISO 8601: that of the Thursday in the same week, Monday to Sunday.
constexpr int iso_week(Day day) {
  const Day thursday = day - weekday_of(day) + 3;
  return (day_of_year(date_of(thursday)) - 1) / 7 + 1;
}

/// Week of the month, 1 to 6; weeks begin on Sunday.
constexpr int week_of_month(Day day) {
  const Date date = date_of(day);
  const int before_first = (weekday_of(day - date.day + 1) + 1) % 7;  // days of the first week before the month
  return (date.day + before_first + 6) / 7;
}

}  // namespace gridmill::features::transforms
