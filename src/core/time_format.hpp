#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gridmill::core {

enum class TimeKind { none, time, beyond };  // no time; a time; one that 64 bits of nanoseconds do not hold

/// What a text says of a time.
struct TimeRead {
  TimeKind kind = TimeKind::none;
  std::int64_t time = 0;  // ns since 1970-01-01 00:00 UTC
};

/// How dates and times are written in a text, in the letters of C's and Python's strptime.
///
/// %Y year of four digits · %y of two (69-99: 1900s, 00-68: 2000s) · %m month · %b, %B its English name · %d day of the
/// month · %j of the year · %a, %A English name of the weekday, which is not checked · %H hour · %I with %p AM or PM ·
/// %M minute · %S second · %f digits of its fraction (9 count) · %z Z, +hhmm, +hh:mm or +hh · %F %Y-%m-%d · %T %H:%M:%S
/// · %D %m/%d/%y · %R %H:%M · %% a per cent sign. Numbers take as many digits as they may have, at least one; years
/// all. A blank stands for any number of them, other characters for themselves.
///
/// Instead, the one word s (or %s), ms, us, ns or D: the time is a number of seconds, milli-, micro-, nanoseconds or
/// days since 1970-01-01 00:00 UTC, whole or with a fraction (964982703, 1445714994.25, 9.5e8, -1), as in pandas.
class TimeFormat {
 public:
  /// Returns what is wrong with a format, or nothing. It needs a year, or to be the word for a unit.
  static std::optional<std::string> problem_in(std::string_view format);

  /// `format` has no problem.
  explicit TimeFormat(std::string_view format);

  [[nodiscard]] const std::string& text() const { return text_; }

  /// Returns the time (without a zone: UTC; months and days that are not given: the first); none if the text is written
  /// in another way or the day does not exist.
  [[nodiscard]] TimeRead read(std::string_view text) const;
  /// Returns the time, or nothing if there is none or 64 bits do not hold it.
  [[nodiscard]] std::optional<std::int64_t> parse(std::string_view text) const;

  friend bool operator==(const TimeFormat&, const TimeFormat&) = default;

 private:
  std::string text_;
  std::string letters_;    // the format with %F, %T, %D, %R written out
  std::int64_t unit_ = 0;  // [ns] of a number; 0: the format has letters
};

}  // namespace gridmill::core
