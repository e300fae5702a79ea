#pragma once

#include <cstdint>

namespace gridmill::core {

// Lengths of time [ns], the unit of all times in tables.
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

}  // namespace gridmill::core
