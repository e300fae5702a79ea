#include "io/datetime.hpp"

#include <chrono>

#include <fmt/format.h>

#include "core/nanoseconds.hpp"
#include "core/text_cursor.hpp"

namespace gridmill::io {
namespace {

using core::kDay;
using core::kHour;
using core::kMinute;
using core::kSecond;

using Cursor = core::TextCursor;

struct Date {
  int year = -1;
  int month = -1;
  int day = -1;
  bool iso = true;
};

std::optional<Date> take_date(Cursor& cursor) {
  int n_digits = 0;
  const int first = cursor.number(1, 4, &n_digits);
  if (first < 0) return {};
  Date date;
  if (n_digits == 4 && cursor.take('-')) {
    date.year = first;
    date.month = cursor.number(2, 2);
    if (!cursor.take('-')) return {};
    date.day = cursor.number(2, 2);
    return date;
  }
  if (n_digits > 2 || !cursor.take('/')) return {};
  date.iso = false;
  date.month = first;
  date.day = cursor.number(1, 2);
  if (!cursor.take('/')) return {};
  date.year = cursor.number(2, 4, &n_digits);
  if (n_digits == 3) return {};
  if (n_digits == 2) date.year += date.year < 69 ? 2000 : 1900;
  return date;
}

/// ns after the begin of a second; more than nine digits are cut.
std::int64_t take_fraction(Cursor& cursor) {
  std::int64_t value = 0;
  std::int64_t unit = kSecond;
  for (int digit = cursor.number(1, 1); digit >= 0; digit = cursor.number(1, 1)) {
    unit /= 10;
    value += digit * unit;
  }
  return value;
}

/// ns since midnight, 12-hour words applied.
std::optional<std::int64_t> take_time(Cursor& cursor, bool iso) {
  int hour = cursor.number(iso ? 2 : 1, 2);
  if (hour < 0 || hour > 23 || !cursor.take(':')) return {};
  const int minute = cursor.number(2, 2);
  if (minute < 0 || minute > 59) return {};
  int second = 0;
  std::int64_t fraction = 0;
  if (cursor.take(':')) {
    second = cursor.number(2, 2);
    if (second < 0 || second > 59) return {};
    if (cursor.take('.')) fraction = take_fraction(cursor);
  }
  if (!iso) {
    cursor.take(' ');
    const bool am = cursor.take_word("AM");
    const bool pm = !am && cursor.take_word("PM");
    if ((am || pm) && (hour < 1 || hour > 12)) return {};
    if (am || pm) hour = hour % 12 + (pm ? 12 : 0);
  }
  return hour * kHour + minute * kMinute + second * kSecond + fraction;
}

/// ns east of UTC.
std::optional<std::int64_t> take_zone(Cursor& cursor) {
  if (cursor.done() || cursor.take('Z')) return 0;
  const bool west = cursor.take('-');
  if (!west && !cursor.take('+')) return {};
  const int hours = cursor.number(2, 2);
  if (hours < 0 || hours > 23) return {};
  int minutes = 0;
  if (cursor.take(':') || !cursor.done()) minutes = cursor.number(2, 2);
  if (minutes < 0 || minutes > 59) return {};
  const std::int64_t offset = hours * kHour + minutes * kMinute;
  return west ? -offset : offset;
}

}  // namespace

std::optional<std::int64_t> parse_datetime(std::string_view text) {
  Cursor cursor(text);
  const std::optional<Date> date = take_date(cursor);
  if (!date || date->month < 1 || date->day < 1 || date->year < 1678 || date->year > 2261) return {};
  const std::chrono::year_month_day day{std::chrono::year(date->year),
                                        std::chrono::month(static_cast<unsigned>(date->month)),
                                        std::chrono::day(static_cast<unsigned>(date->day))};
  if (!day.ok()) return {};
  std::int64_t time = std::int64_t{std::chrono::sys_days(day).time_since_epoch().count()} * kDay;
  if (cursor.done()) return time;
  if (!cursor.take(' ') && !(date->iso && cursor.take('T'))) return {};
  const std::optional<std::int64_t> since_midnight = take_time(cursor, date->iso);
  if (!since_midnight) return {};
  time += *since_midnight;
  if (date->iso) {
    const std::optional<std::int64_t> zone = take_zone(cursor);
    if (!zone) return {};
    time -= *zone;
  }
  if (!cursor.done()) return {};
  return time;
}

std::string datetime_text(std::int64_t time_ns) {
  const std::int64_t days = time_ns / kDay - (time_ns % kDay < 0 ? 1 : 0);
  const std::int64_t in_day = time_ns - days * kDay;
  const std::chrono::year_month_day day{std::chrono::sys_days(std::chrono::days(days))};
  std::string text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                                 static_cast<unsigned>(day.day()));
  if (in_day == 0) return text;
  text += fmt::format("T{:02}:{:02}:{:02}", in_day / kHour, in_day / kMinute % 60, in_day / kSecond % 60);
  if (in_day % kSecond != 0) {
    text += fmt::format(".{:09}", in_day % kSecond);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + 'Z';
}

}  // namespace gridmill::io
