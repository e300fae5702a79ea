#include "core/time_format.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/nanoseconds.hpp"
#include "core/text_cursor.hpp"

namespace gridmill::core {
namespace {

constexpr std::string_view kLetters = "YymbBdjaAHIpMSfz%";
constexpr std::array<std::pair<char, std::string_view>, 4> kShort{
    {{'F', "%Y-%m-%d"}, {'T', "%H:%M:%S"}, {'D', "%m/%d/%y"}, {'R', "%H:%M"}}};

constexpr std::array<std::string_view, 12> kMonths{"JANUARY",   "FEBRUARY", "MARCH",    "APRIL",
                                                   "MAY",       "JUNE",     "JULY",     "AUGUST",
                                                   "SEPTEMBER", "OCTOBER",  "NOVEMBER", "DECEMBER"};
constexpr std::array<std::string_view, 7> kWeekdays{"MONDAY", "TUESDAY",  "WEDNESDAY", "THURSDAY",
                                                    "FRIDAY", "SATURDAY", "SUNDAY"};

std::string written_out(std::string_view format) {
  std::string letters;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      letters += format[i];
      continue;
    }
    const char letter = format[++i];
    std::string piece{'%', letter};
    for (const auto& [name, pieces] : kShort) {
      if (name == letter) piece = pieces;
    }
    letters += piece;
  }
  return letters;
}

/// What has been read of a time.
struct Parts {
  int year = 0, month = 1, day = 1, day_of_year = 0;
  int hour = 0, minute = 0, second = 0;
  bool twelve_hours = false, afternoon = false;
  std::int64_t fraction = 0;  // [ns]
  std::int64_t zone = 0;      // [ns] east of UTC
};

/// Sets `value` to a number of `least` to `most` digits, if it lies within the bounds.
bool take_number(TextCursor& text, int least, int most, int low, int high, int& value) {
  value = text.number(least, most);
  return value >= low && value <= high;
}

/// Takes one of the names, whole or its first three letters; returns its position, or -1.
template <std::size_t n>
int take_name(TextCursor& text, const std::array<std::string_view, n>& names) {
  for (std::size_t i = 0; i < n; ++i) {
    if (text.take_word(names[i]) || text.take_word(names[i].substr(0, 3))) return static_cast<int>(i);
  }
  return -1;
}

/// More than nine digits are cut.
bool take_fraction(TextCursor& text, std::int64_t& fraction) {
  std::int64_t unit = kSecond;
  int digit = text.number(1, 1);
  if (digit < 0) return false;
  for (; digit >= 0; digit = text.number(1, 1)) {
    unit /= 10;
    fraction += digit * unit;
  }
  return true;
}

bool take_zone(TextCursor& text, std::int64_t& zone) {
  if (text.take('Z')) return true;
  const bool west = text.take('-');
  if (!west && !text.take('+')) return false;
  int hours = 0;
  if (!take_number(text, 2, 2, 0, 23, hours)) return false;
  const bool needs_minutes = text.take(':');
  const int minutes = text.number(2, 2);
  if (minutes > 59 || (needs_minutes && minutes < 0)) return false;
  zone = hours * kHour + std::max(minutes, 0) * kMinute;
  if (west) zone = -zone;
  return true;
}

bool take_half_day(TextCursor& text, Parts& parts) {
  parts.afternoon = text.take_word("PM");
  return parts.afternoon || text.take_word("AM");
}

bool take_letter(char letter, TextCursor& text, Parts& parts) {
  switch (letter) {
    case 'Y': return take_number(text, 4, 4, 0, 9999, parts.year);
    case 'y':
      if (!take_number(text, 2, 2, 0, 99, parts.year)) return false;
      parts.year += parts.year < 69 ? 2000 : 1900;
      return true;
    case 'm': return take_number(text, 1, 2, 1, 12, parts.month);
    case 'b':
    case 'B': parts.month = take_name(text, kMonths) + 1; return parts.month > 0;
    case 'd': return take_number(text, 1, 2, 1, 31, parts.day);
    case 'j': return take_number(text, 1, 3, 1, 366, parts.day_of_year);
    case 'a':
    case 'A': return take_name(text, kWeekdays) >= 0;
    case 'H': return take_number(text, 1, 2, 0, 23, parts.hour);
    case 'I': parts.twelve_hours = true; return take_number(text, 1, 2, 1, 12, parts.hour);
    case 'p': return take_half_day(text, parts);
    case 'M': return take_number(text, 1, 2, 0, 59, parts.minute);
    case 'S': return take_number(text, 1, 2, 0, 59, parts.second);
    case 'f': return take_fraction(text, parts.fraction);
    case 'z': return take_zone(text, parts.zone);
    default: return text.take('%');
  }
}

/// The day counted from 1970-01-01, if there is one.
std::optional<std::int64_t> day_of(const Parts& parts) {
  if (parts.year < 1678 || parts.year > 2261) return {};
  const std::chrono::year year(parts.year);
  if (parts.day_of_year > 0) {
    if (parts.day_of_year == 366 && !year.is_leap()) return {};
    const std::chrono::sys_days first = year / std::chrono::January / 1;
    return first.time_since_epoch().count() + parts.day_of_year - 1;
  }
  const std::chrono::year_month_day day{year, std::chrono::month(static_cast<unsigned>(parts.month)),
                                        std::chrono::day(static_cast<unsigned>(parts.day))};
  if (!day.ok()) return {};
  return std::chrono::sys_days(day).time_since_epoch().count();
}

}  // namespace

std::optional<std::string> TimeFormat::problem_in(std::string_view format) {
  const std::string letters = written_out(format);
  std::string named;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (letters[i] != '%') continue;
    if (++i == letters.size()) return "ends in a single %";
    if (kLetters.find(letters[i]) == std::string_view::npos) return fmt::format("%{} is not known", letters[i]);
    if (letters[i] != '%' && named.find(letters[i]) != std::string::npos) {
      return fmt::format("%{} stands there twice", letters[i]);
    }
    named += letters[i];
  }
  const auto has = [&](const char* any) { return named.find_first_of(any) != std::string::npos; };
  if (!has("Yy")) return "has no year, %Y or %y";
  if (has("I") != has("p")) return "%I and %p go together";
  return std::nullopt;
}

TimeFormat::TimeFormat(std::string_view format) : text_(format), letters_(written_out(format)) {
  GRIDMILL_ASSERT(!problem_in(format), "a format is checked before");
}

std::optional<std::int64_t> TimeFormat::parse(std::string_view text) const {
  TextCursor cursor(text);
  Parts parts;
  for (std::size_t i = 0; i < letters_.size(); ++i) {
    if (letters_[i] == ' ') {
      while (cursor.take(' ')) continue;
    } else if (letters_[i] == '%') {
      if (!take_letter(letters_[++i], cursor, parts)) return {};
    } else if (!cursor.take(letters_[i])) {
      return {};
    }
  }
  if (!cursor.done()) return {};
  if (parts.twelve_hours) parts.hour = parts.hour % 12 + (parts.afternoon ? 12 : 0);
  const std::optional<std::int64_t> day = day_of(parts);
  if (!day) return {};
  return *day * kDay + parts.hour * kHour + parts.minute * kMinute + parts.second * kSecond + parts.fraction -
         parts.zone;
}

}  // namespace gridmill::core
