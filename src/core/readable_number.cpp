#include "core/readable_number.hpp"

#include <cmath>

#include <fmt/format.h>

namespace gridmill::core {

std::string six_digits_text(double value) {
  constexpr double kSixDigits = 999999.5;  // rounds to seven
  constexpr double kExact = 1e15;
  const bool is_long = std::abs(value) >= kSixDigits && std::abs(value) < kExact;
  return is_long ? fmt::format("{:.0f}", value) : fmt::format("{:.6g}", value);
}

}  // namespace gridmill::core
