#pragma once

#include <cstdint>

#include "core/nanoseconds.hpp"

/// Days, weeks and months of a time in nanoseconds since 1970 UTC.
namespace gridmill::features::aggregations {

constexpr std::int64_t floor_divide(std::int64_t number, std::int64_t by) {
  return number / by - static_cast<std::int64_t>(number % by < 0);
}

/// Days since 1 January 1970.
constexpr std::int64_t day_of(std::int64_t time) { return floor_divide(time, core::kDay); }

/// Weeks from Monday to Sunday; 1 January 1970 was a Thursday.
constexpr std::int64_t week_of(std::int64_t time) { return floor_divide(day_of(time) + 3, 7); }

struct Date {
  std::int64_t year = 1970;
  unsigned month = 1;
  unsigned day = 1;
};

/// Source: the Gregorian calendar counted in years that begin in March, so that the leap day comes last.
constexpr Date date_of(std::int64_t time) {
  const std::int64_t days = day_of(time) + 719'468;  // since 1 March of the year 0
  const std::int64_t era = floor_divide(days, 146'097);
  const auto day_of_era = static_cast<unsigned>(days - era * 146'097);
  const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned month_from_march = (5 * day_of_year + 2) / 153;
  const unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {.year = era * 400 + static_cast<std::int64_t>(year_of_era) + static_cast<std::int64_t>(month <= 2),
          .month = month,
          .day = day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

static_assert(date_of(0).year == 1970 && date_of(0).month == 1 && date_of(0).day == 1);
static_assert(date_of(-1).year == 1969 && date_of(-1).month == 12 && date_of(-1).day == 31);
static_assert(date_of(951'782'400'000'000'000).month == 2 && date_of(951'782'400'000'000'000).day == 29);  // in 2000

}  // namespace gridmill::features::aggregations
