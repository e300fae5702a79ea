#include "core/numpy_random.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/error.hpp"

namespace gridmill::core {

std::uint64_t NumpyRandom::interval(std::uint64_t max) {
  if (max == 0) return 0;
  const std::uint64_t mask = std::numeric_limits<std::uint64_t>::max() >> std::countl_zero(max);
  const bool narrow = max <= std::numeric_limits<std::uint32_t>::max();
  while (true) {
    std::uint64_t value = next32();
    if (!narrow) value = value << 32U | next32();
    value &= mask;
    if (value <= max) return value;
  }
}

std::int64_t NumpyRandom::integer(std::int64_t low, std::int64_t high) {
  GRIDMILL_ASSERT(low < high, "the interval [low, high) is not empty");
  // Unsigned, so that an interval wider than half of all numbers does not overflow.
  const auto from = static_cast<std::uint64_t>(low);
  return static_cast<std::int64_t>(from + interval(static_cast<std::uint64_t>(high) - from - 1));
}

double NumpyRandom::unit() {
  const std::uint32_t high = next32() >> 5U;  // 27 bits
  const std::uint32_t low = next32() >> 6U;   // 26 bits
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

double NumpyRandom::normal() {
  if (next_normal_) return *std::exchange(next_normal_, std::nullopt);
  double x = 0;
  double y = 0;
  double square = 0;
  do {
    x = 2.0 * unit() - 1.0;
    y = 2.0 * unit() - 1.0;
    square = x * x + y * y;
  } while (square >= 1.0 || square == 0.0);
  const double factor = std::sqrt(-2.0 * std::log(square) / square);
  next_normal_ = factor * x;
  return factor * y;
}

std::vector<std::size_t> NumpyRandom::permutation(std::size_t n) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  shuffle(std::span(order));
  return order;
}

}  // namespace gridmill::core
