#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time_format.hpp"

namespace gridmill::io {

/// Which stands first where day and month are both numbers and the year comes last.
enum class DayOrder { month_first, day_first };

/// Whether years of two digits count behind points and dashes, too: 31.12.20. Versions and codes look like that.
enum class ShortYears { with_slashes, everywhere };

/// What a text says of a time.
struct TimeText {
  using Kind = core::TimeKind;

  Kind kind = Kind::none;
  std::int64_t time = 0;               // ns since 1970-01-01 00:00 UTC
  std::optional<DayOrder> shows = {};  // 13/02/2020: only this order makes a day of it
  std::optional<DayOrder> chose = {};  // 01/02/2020: both do, and this one was taken
};

/// Reads a date, with or without a time.
///
/// Dates: 2024-12-31, 2024-1-2, 2024/12/31, 2024.12.31; 12/31/2024 and 31/12/2024, also with points or dashes;
/// 31-Dec-2024, 31 December 2024, Dec 31, 2024, 31DEC2024, 2024-Dec-31; a weekday before it. Years have four digits;
/// behind slashes and names two as well (69-99: 1900s, 00-68: 2000s), behind points and dashes if `years` says so.
/// Times, after 'T', ',' or blanks: h:mm[:ss[.f]] (9 digits count), AM or PM; then Z, UTC, GMT, +hh:mm, +hhmm or +hh.
/// No zone means UTC. Where day and month can be either, `order` decides; without one the month stands first. Source:
/// what Woodwork 0.27 and pandas 1.5 take for dates.
TimeText read_time(std::string_view text, std::optional<DayOrder> order = {},
                   ShortYears years = ShortYears::with_slashes);

/// Returns what read_time reads, or nothing if it is no time, or beyond 1677-09-21 to 2262-04-11.
std::optional<std::int64_t> parse_datetime(std::string_view text);

/// Returns "2024-02-29T23:59:59.5Z", or the date alone at midnight.
std::string datetime_text(std::int64_t time_ns);

}  // namespace gridmill::io
