#include "core/time_format.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/calendar_names.hpp"
#include "core/error.hpp"
#include "core/nanoseconds.hpp"
#include "core/text_cursor.hpp"
#include "core/time_range.hpp"

namespace gridmill::core {
namespace {

constexpr std::string_view kLetters = "YymbBdjaAHIpMSfz%";
constexpr std::array<std::pair<char, std::string_view>, 4> kShort{
    {{'F', "%Y-%m-%d"}, {'T', "%H:%M:%S"}, {'D', "%m/%d/%y"}, {'R', "%H:%M"}}};

constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> kUnits{
    {{"s", kSecond}, {"%s", kSecond}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}, {"D", kDay}}};

/// The length of the unit of that name [ns]; 0: none is called so.
std::int64_t unit_named(std::string_view name) {
  for (const auto& [word, unit] : kUnits) {
    if (word == name) return unit;
  }
  return 0;
}

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
    case 'B': parts.month = take_name(text, kMonthNames) + 1; return parts.month > 0;
    case 'd': return take_number(text, 1, 2, 1, 31, parts.day);
    case 'j': return take_number(text, 1, 3, 1, 366, parts.day_of_year);
    case 'a':
    case 'A': return take_name(text, kWeekdayNames) >= 0;
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
  if (parts.year < 1) return {};
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

/// A number with an exponent: what a double cannot hold is lost in it already.
TimeRead read_rounded(std::string_view text, std::int64_t unit) {
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (stop != text.data() + text.size() || error == std::errc::invalid_argument || std::isnan(number)) return {};
  constexpr double kEnd = 9223372036854775808.0;  // 2^63
  const double time = std::round(number * static_cast<double>(unit));
  if (error != std::errc{} || !(time > -kEnd && time < kEnd)) return {.kind = TimeKind::beyond};
  return {.kind = TimeKind::time, .time = static_cast<std::int64_t>(time)};
}

/// A number of units since 1970: exact if it is written in digits.
TimeRead read_number(std::string_view text, std::int64_t unit) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (negative || rest.front() == '+')) rest.remove_prefix(1);
  if (rest.empty() || rest.front() < '0' || rest.front() > '9') return {};
  __extension__ using Wide = __int128;
  constexpr Wide kEnd = std::numeric_limits<std::int64_t>::max();
  Wide time = 0;
  for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1)) {
    time = std::min(time * 10 + (rest.front() - '0') * Wide{unit}, kEnd + 1);
  }
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    for (std::int64_t part = unit / 10; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; part /= 10) {
      time += (rest.front() - '0') * Wide{part};
      rest.remove_prefix(1);
    }
  }
  if (!rest.empty()) return read_rounded(text, unit);
  if (time > kEnd) return {.kind = TimeKind::beyond};
  return {.kind = TimeKind::time, .time = static_cast<std::int64_t>(negative ? -time : time)};
}

}  // namespace

std::optional<std::string> TimeFormat::problem_in(std::string_view format) {
  if (unit_named(format) != 0) return std::nullopt;
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

TimeFormat::TimeFormat(std::string_view format)
    : text_(format), letters_(written_out(format)), unit_(unit_named(format)) {
  GRIDMILL_ASSERT(!problem_in(format), "a format is checked before");
}

TimeRead TimeFormat::read(std::string_view text) const {
  if (unit_ != 0) return read_number(text, unit_);
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
  TimeRead read{.kind = TimeKind::time};
  const std::int64_t in_day =
      parts.hour * kHour + parts.minute * kMinute + parts.second * kSecond + parts.fraction - parts.zone;
  if (!time_of(*day, in_day, read.time)) read.kind = TimeKind::beyond;
  return read;
}

std::optional<std::int64_t> TimeFormat::parse(std::string_view text) const {
  const TimeRead found = read(text);
  return found.kind == TimeKind::time ? std::optional(found.time) : std::nullopt;
}

}  // namespace gridmill::core
