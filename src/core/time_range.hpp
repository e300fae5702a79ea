#pragma once

#include <cstdint>
#include <limits>

#include "core/nanoseconds.hpp"

namespace gridmill::core {

/// Sets `time` to `days` of 24 hours after 1970-01-01 and `rest` nanoseconds. Returns false, and leaves it open, where
/// that is not within 1677-09-21 00:12:43.145224193 and 2262-04-11 23:47:16.854775807: the least number means
/// "missing".
inline bool time_of(std::int64_t days, std::int64_t rest, std::int64_t& time) {
  // The first day begins before the least time: the whole days alone would overflow where the sum does not.
  if (days < 0) {
    ++days;
    rest -= kDay;
  }
  std::int64_t whole = 0;
  return !__builtin_mul_overflow(days, kDay, &whole) && !__builtin_add_overflow(whole, rest, &time) &&
         time != std::numeric_limits<std::int64_t>::min();
}

}  // namespace gridmill::core
