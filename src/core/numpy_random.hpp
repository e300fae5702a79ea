#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace gridmill::core {

/// Draws the numbers numpy.random.RandomState(seed) draws, bit for bit, call by call.
///
/// Deterministic: depends on the seed and the calls made so far only, on every machine.
/// Source: numpy's legacy generator (MT19937, masked rejection), frozen since numpy 1.17.
class NumpyRandom {
 public:
  explicit NumpyRandom(std::uint32_t seed) : engine_(seed) {}

  /// Returns a whole number in [0, max]; 0 without a draw if max is 0. Source: random_interval.
  std::uint64_t interval(std::uint64_t max);

  /// Returns a whole number in [low, high), high > low. Source: RandomState.randint(low, high).
  std::int64_t integer(std::int64_t low, std::int64_t high);

  /// Returns a number in [0, 1) with 53 random bits. Source: RandomState.random_sample().
  double unit();

  /// Returns a number between low and high. Source: RandomState.uniform(low, high).
  double uniform(double low, double high) { return low + (high - low) * unit(); }

  /// Returns a number of the standard normal distribution. Source: RandomState.standard_normal() (legacy_gauss).
  double normal();

  /// Shuffles in place. Source: RandomState.shuffle.
  template <class T>
  void shuffle(std::span<T> values) {
    for (std::size_t last = values.size(); last-- > 1;) {
      const auto chosen = static_cast<std::size_t>(interval(last));
      if (chosen != last) std::swap(values[last], values[chosen]);
    }
  }

  /// Returns the positions [0, n) in random order. Source: RandomState.permutation(n).
  std::vector<std::size_t> permutation(std::size_t n);

 private:
  std::uint32_t next32() { return static_cast<std::uint32_t>(engine_()); }

  // numpy seeds it with an integer as the reference implementation does (init_genrand), and so does the standard.
  std::mt19937 engine_;
  std::optional<double> next_normal_;  // they come in pairs
};

}  // namespace gridmill::core
