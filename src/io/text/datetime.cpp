#include "io/text/datetime.hpp"

#include <chrono>

#include <fmt/format.h>

#include "core/calendar_names.hpp"
#include "core/nanoseconds.hpp"
#include "core/text_cursor.hpp"
#include "core/time_range.hpp"

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
  std::optional<DayOrder> shows = {};
  std::optional<DayOrder> chose = {};
};

void take_blanks(Cursor& cursor) {
  while (cursor.take(' ')) continue;
}

/// Takes a year of four digits, or of two if it may.
bool take_year(Cursor& cursor, bool may_be_short, int& year) {
  int n_digits = 0;
  year = cursor.number(2, 4, &n_digits);
  if (n_digits == 4) return true;
  if (n_digits != 2 || !may_be_short) return false;
  year += year < 69 ? 2000 : 1900;
  return true;
}

/// Takes what stands between a month's name and its neighbours: one of - / . , and blanks, or nothing.
void take_joint(Cursor& cursor) {
  take_blanks(cursor);
  if (cursor.take('-') || cursor.take('/') || cursor.take('.') || cursor.take(',')) take_blanks(cursor);
}

/// 31-Dec-2024 and 31DEC2024, of which the day has been taken.
bool take_month_and_year(Cursor& cursor, Date& date) {
  take_joint(cursor);
  date.month = core::take_name(cursor, core::kMonthNames) + 1;
  if (date.month == 0) return false;
  take_joint(cursor);
  return take_year(cursor, true, date.year);
}

/// Dec 31, 2024
bool take_named_first(Cursor& cursor, Date& date) {
  date.month = core::take_name(cursor, core::kMonthNames) + 1;
  if (date.month == 0) return false;
  take_joint(cursor);
  date.day = cursor.number(1, 2);
  if (date.day < 0 || !(cursor.take(' ') || cursor.take(',') || cursor.take('-') || cursor.take('/'))) return false;
  take_joint(cursor);
  return take_year(cursor, false, date.year);
}

/// What follows 2024-: the month, as a number or a name, and the day.
bool take_after_year(Cursor& cursor, char mark, Date& date) {
  date.month = cursor.number(1, 2);
  if (date.month < 0) date.month = core::take_name(cursor, core::kMonthNames) + 1;
  if (date.month == 0 || !cursor.take(mark)) return false;
  date.day = cursor.number(1, 2);
  return true;
}

/// What follows the first number and its mark in 12/31/2024 or 31.12.2024.
bool take_after_number(Cursor& cursor, char mark, int first, std::optional<DayOrder> order, ShortYears years,
                       Date& date) {
  const int second = cursor.number(1, 2);
  if (second < 0 || !cursor.take(mark)) return false;
  if (!take_year(cursor, mark == '/' || years == ShortYears::everywhere, date.year)) return false;
  DayOrder taken = order.value_or(DayOrder::month_first);
  if (first > 12 || second > 12) {
    date.shows = taken = first > 12 ? DayOrder::day_first : DayOrder::month_first;
  } else if (first != second) {
    date.chose = taken;
  }
  date.day = taken == DayOrder::day_first ? first : second;
  date.month = taken == DayOrder::day_first ? second : first;
  return true;
}

bool take_date(Cursor& cursor, std::optional<DayOrder> order, ShortYears years, Date& date) {
  int n_digits = 0;
  const int first = cursor.number(1, 4, &n_digits);
  if (n_digits == 4) {
    date.year = first;
    for (const char mark : {'-', '/', '.'}) {
      if (cursor.take(mark)) return take_after_year(cursor, mark, date);
    }
    return false;
  }
  if (n_digits == 3) return false;
  if (first < 0) {
    if (core::take_name(cursor, core::kWeekdayNames) >= 0) {
      take_joint(cursor);
      return take_date(cursor, order, years, date);
    }
    return take_named_first(cursor, date);
  }
  const Cursor after_number = cursor;
  for (const char mark : {'/', '.', '-'}) {
    if (!cursor.take(mark)) continue;
    if (take_after_number(cursor, mark, first, order, years, date)) return true;
    break;
  }
  cursor = after_number;
  date.day = first;
  return take_month_and_year(cursor, date);
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
std::optional<std::int64_t> take_time(Cursor& cursor) {
  int hour = cursor.number(1, 2);
  if (hour < 0 || hour > 23 || !cursor.take(':')) return {};
  const int minute = cursor.number(2, 2);
  if (minute < 0 || minute > 59) return {};
  int second = 0;
  std::int64_t fraction = 0;
  if (cursor.take(':')) {
    second = cursor.number(2, 2);
    if (second < 0 || second > 59) return {};
    if (cursor.take('.') || cursor.take(',')) fraction = take_fraction(cursor);
  }
  take_blanks(cursor);
  const bool am = cursor.take_word("AM");
  const bool pm = !am && cursor.take_word("PM");
  if ((am || pm) && (hour < 1 || hour > 12)) return {};
  if (am || pm) hour = hour % 12 + (pm ? 12 : 0);
  return hour * kHour + minute * kMinute + second * kSecond + fraction;
}

/// ns east of UTC.
std::optional<std::int64_t> take_zone(Cursor& cursor) {
  take_blanks(cursor);
  if (cursor.done() || cursor.take('Z') || cursor.take_word("UTC") || cursor.take_word("GMT")) return 0;
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

/// The time of day that follows a date, less its zone; 0 at its end.
std::optional<std::int64_t> take_rest(Cursor& cursor) {
  if (cursor.done()) return 0;
  if (!cursor.take('T') && !cursor.take(' ') && !cursor.take(',')) return {};
  take_blanks(cursor);
  const std::optional<std::int64_t> since_midnight = take_time(cursor);
  if (!since_midnight) return {};
  const std::optional<std::int64_t> zone = take_zone(cursor);
  if (!zone || !cursor.done()) return {};
  return *since_midnight - *zone;
}

}  // namespace

TimeText read_time(std::string_view text, std::optional<DayOrder> order, ShortYears years) {
  Cursor cursor(text);
  Date date;
  if (!take_date(cursor, order, years, date)) return {};
  if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1) return {};
  const std::chrono::year_month_day day{std::chrono::year(date.year),
                                        std::chrono::month(static_cast<unsigned>(date.month)),
                                        std::chrono::day(static_cast<unsigned>(date.day))};
  if (!day.ok()) return {};
  const std::optional<std::int64_t> rest = take_rest(cursor);
  if (!rest) return {};
  TimeText read{.kind = TimeText::Kind::time, .shows = date.shows, .chose = date.chose};
  const std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  if (!core::time_of(days, *rest, read.time)) read.kind = TimeText::Kind::beyond;
  return read;
}

std::optional<std::int64_t> parse_datetime(std::string_view text) {
  const TimeText read = read_time(text);
  return read.kind == TimeText::Kind::time ? std::optional(read.time) : std::nullopt;
}

std::string datetime_text(std::int64_t time_ns) {
  const std::int64_t days = time_ns / kDay - (time_ns % kDay < 0 ? 1 : 0);
  const std::int64_t in_day = time_ns % kDay + (time_ns % kDay < 0 ? kDay : 0);  // days * kDay may be out of range
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
