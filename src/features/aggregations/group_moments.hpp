#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "features/primitive.hpp"

namespace gridmill::features::aggregations {

/// What one pass over a group's numbers finds. Missing ones are counted as rows only.
struct Totals {
  std::int64_t n_rows = 0;
  std::int64_t n = 0;  // values
  double sum = 0;
  double least = std::numeric_limits<double>::infinity();
  double greatest = -std::numeric_limits<double>::infinity();

  [[nodiscard]] double mean() const { return sum / static_cast<double>(n); }  // NaN without values
  [[nodiscard]] bool any_missing() const { return n < n_rows; }
  void merge(const Totals& later);
};

/// Sums of powers of the deviations from the mean, which a second pass finds.
struct Spread {
  std::int64_t n_rows = 0;
  std::int64_t n = 0;
  double mean = 0;
  double shift = 0;  // to be added to `mean`: what its rounding has lost
  double m2 = 0;     // sum of squares
};
struct Shape {
  Spread spread;
  double m3 = 0, m4 = 0;  // sums of cubes and fourth powers

  /// Source: Pebay 2008, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order
  /// statistical moments" (merging two sets).
  void merge(const Shape& later);
};

/// Each returns one entry a group of the numbers in column `input`, computed once for all primitives.
///
/// Deviations are taken from the mean of the group and corrected for its rounding (Chan, Golub and LeVeque 1983,
/// "Algorithms for computing the sample variance": the corrected two-pass algorithm), so that great offsets cost no
/// digits. Sums are pairwise: see pairwise.hpp. Infinite values make the spread NaN.
const std::vector<Totals>& totals(const AggregateInput& input, std::size_t column = 0);
const std::vector<Spread>& spreads(const AggregateInput& input, std::size_t column = 0);
const std::vector<Shape>& shapes(const AggregateInput& input, std::size_t column = 0);

}  // namespace gridmill::features::aggregations
