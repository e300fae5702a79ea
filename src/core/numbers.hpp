#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gridmill::core {

/// Numbers of a column, NaN = missing, and beside them what doubles cannot hold of whole numbers beyond 2^53.
///
/// Entry i is (*this)[i] + rest(i): the nearest double, and what rounding to it took away. Whole numbers below 2^64 are
/// exact, signed and unsigned ones. Most columns have no rests at all; code that is content with doubles never looks.
class Numbers : public std::vector<double> {
 public:
  /// Holds every int64, every uint64 and every double. Comparisons and differences of them are exact.
  using Exact = long double;
  using Rest = std::int16_t;  // half of the distance between doubles below 2^64 is 1024
  static_assert(std::numeric_limits<Exact>::digits >= 64, "long double must hold all 64 bits of a whole number");

  using std::vector<double>::vector;
  Numbers() = default;
  Numbers(std::vector<double> numbers)  // NOLINT(google-explicit-constructor): doubles are numbers
      : std::vector<double>(std::move(numbers)) {}

  /// `valid`: 0 = missing; empty: none is.
  static Numbers of(std::span<const std::int64_t> integers, std::span<const std::uint8_t> valid = {});

  [[nodiscard]] bool has_rests() const { return !rests_.empty(); }
  [[nodiscard]] const std::vector<Rest>& rests() const { return rests_; }
  [[nodiscard]] Exact exact(std::size_t i) const {
    const Exact nearest = (*this)[i];
    return rests_.empty() ? nearest : nearest + static_cast<Exact>(rests_[i]);
  }
  [[nodiscard]] std::vector<Exact> all_exact() const;
  /// Sets entry i to a number, a whole one below 2^64 exactly.
  void set(std::size_t i, Exact number);
  /// Returns a present entry of a column of whole numbers; the nearest if it is none of an int64.
  [[nodiscard]] std::int64_t integer(std::size_t i) const {
    constexpr double kEnd = 9223372036854775808.0;  // 2^63
    const double nearest = (*this)[i];
    if (rests_.empty() && nearest >= -kEnd && nearest < kEnd) return static_cast<std::int64_t>(nearest);
    return nearest_integer(exact(i));
  }
  /// Returns a present entry of a column of whole numbers as decimal digits.
  [[nodiscard]] std::string integer_text(std::size_t i) const;

  /// Returns numbers in the same order, equal ones equal, that doubles hold: 0 for the least, 1 for the next, ...
  [[nodiscard]] std::vector<double> ranks() const;
  /// Returns the entries at `rows`; a negative row gives a missing entry.
  [[nodiscard]] Numbers take(std::span<const std::int64_t> rows) const;
  void append(const Numbers& more);
  /// Gives all entries their rests; as many as entries, or none.
  void set_rests(std::vector<Rest> rests);

 private:
  static std::int64_t nearest_integer(Exact number);

  std::vector<Rest> rests_;  // empty: all 0; 0 of missing entries
};

/// Returns a whole number below 2^64 as decimal digits.
std::string digits_of(Numbers::Exact whole);

}  // namespace gridmill::core
