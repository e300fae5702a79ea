#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gridmill::core {

/// How dates and times are written in a text, in the letters of C's and Python's strptime.
///
/// %Y year of four digits · %y of two (69-99: 1900s, 00-68: 2000s) · %m month · %b, %B its English name · %d day of the
/// month · %j of the year · %a, %A English name of the weekday, which is not checked · %H hour · %I with %p AM or PM ·
/// %M minute · %S second · %f digits of its fraction (9 count) · %z Z, +hhmm, +hh:mm or +hh · %F %Y-%m-%d · %T %H:%M:%S
/// · %D %m/%d/%y · %R %H:%M · %% a per cent sign. Numbers take as many digits as they may have, at least one; years
/// all. A blank stands for any number of them, other characters for themselves.
class TimeFormat {
 public:
  /// Returns what is wrong with a format, or nothing. It needs a year.
  static std::optional<std::string> problem_in(std::string_view format);

  /// `format` has no problem.
  explicit TimeFormat(std::string_view format);

  [[nodiscard]] const std::string& text() const { return text_; }

  /// Returns ns since 1970-01-01 00:00 UTC (without a zone: UTC; months and days that are not given: the first), or
  /// nothing if the text is written in another way, the day does not exist, or the year is outside 1678 to 2261.
  [[nodiscard]] std::optional<std::int64_t> parse(std::string_view text) const;

  friend bool operator==(const TimeFormat&, const TimeFormat&) = default;

 private:
  std::string text_;
  std::string letters_;  // the format with %F, %T, %D, %R written out
};

}  // namespace gridmill::core
