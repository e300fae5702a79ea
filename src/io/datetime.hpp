#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gridmill::io {

/// Reads a date, with or without a time, as ns since 1970-01-01 00:00 UTC.
///
/// Takes YYYY-MM-DD and M/D/YYYY or M/D/YY (69-99: 1900s, 00-68: 2000s), then optionally 'T' or a blank and
/// hh:mm[:ss[.f]] (up to 9 digits count) with AM or PM after M/D/Y, with Z or +hh:mm, +hhmm, +hh after ISO dates.
/// No zone means UTC. Returns nothing for anything else, days that do not exist, and years outside 1678 to 2261.
std::optional<std::int64_t> parse_datetime(std::string_view text);

/// Returns "2024-02-29T23:59:59.5Z", or the date alone at midnight.
std::string datetime_text(std::int64_t time_ns);

}  // namespace gridmill::io
