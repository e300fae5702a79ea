#pragma once

#include <cstdint>
#include <string_view>

namespace gridmill::features::aggregations {

/// Returns how long a unit is [s]: years and months as Featuretools has them (365.05 and 30.42 days).
inline double seconds_in(std::string_view unit) {
  if (unit == "years") return 31'540'000;
  if (unit == "months") return 2'628'000;
  if (unit == "days") return 86'400;
  if (unit == "hours") return 3'600;
  if (unit == "minutes") return 60;
  if (unit == "milliseconds") return 0.001;
  if (unit == "nanoseconds") return 0.000000001;
  return 1;
}

/// Returns the time from `from` to `to`, both [ns], in seconds.
inline double seconds_between(std::int64_t from, std::int64_t to) { return static_cast<double>(to - from) / 1e9; }

}  // namespace gridmill::features::aggregations
