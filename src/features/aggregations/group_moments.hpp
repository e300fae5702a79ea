#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "core/numbers.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features::aggregations {

/// Which values are meant: those above the mean of their group, or those below it.
enum class Side { above, below };

/// What one pass over a group's numbers finds. Missing ones are counted as rows only.
template <class Number>
struct TotalsOf {
  std::int64_t n_rows = 0;
  std::int64_t n = 0;  // values
  Number sum = 0;
  Number least = std::numeric_limits<double>::infinity();
  Number greatest = -std::numeric_limits<double>::infinity();

  [[nodiscard]] Number mean() const { return sum / static_cast<Number>(n); }  // NaN without values
  [[nodiscard]] bool any_missing() const { return n < n_rows; }
  void merge(const TotalsOf& later) {
    n_rows += later.n_rows;
    n += later.n;
    sum += later.sum;
    least = later.least < least ? later.least : least;
    greatest = later.greatest > greatest ? later.greatest : greatest;
  }
};
using Totals = TotalsOf<double>;
using ExactTotals = TotalsOf<core::Numbers::Exact>;  // of whole numbers beyond 2^53

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

/// Totals of each group of the numbers in column `input`, found once for all primitives.
const std::vector<Totals>& totals(const AggregateInput& input, std::size_t column = 0);
const std::vector<ExactTotals>& exact_totals(const AggregateInput& input, std::size_t column = 0);

template <class Number>
const std::vector<TotalsOf<Number>>& totals_as(const AggregateInput& input) {
  if constexpr (std::is_same_v<Number, double>) {
    return totals(input);
  } else {
    return exact_totals(input);
  }
}

/// What the groups' totals leave open about their spread: kept apart, as tables over all groups are to be small.
struct SquaredDeviations {
  double shift = 0;
  double m2 = 0;
};
struct HigherDeviations {
  double m3 = 0, m4 = 0;
};

/// The spread of each group, found once for all primitives.
///
/// Deviations are taken from the mean of the group and corrected for its rounding (Chan, Golub and LeVeque 1983,
/// "Algorithms for computing the sample variance": the corrected two-pass algorithm), so that great offsets cost no
/// digits. Sums are pairwise: see pairwise.hpp. Infinite values make the spread NaN.
class Spreads {
 public:
  explicit Spreads(const AggregateInput& input, std::size_t column = 0);
  [[nodiscard]] Spread operator[](std::size_t group) const;

 private:
  const std::vector<Totals>& totals_;
  const std::vector<SquaredDeviations>& squares_;
};

/// ... and its shape.
class Shapes {
 public:
  explicit Shapes(const AggregateInput& input, std::size_t column = 0);
  [[nodiscard]] Shape operator[](std::size_t group) const;

 private:
  Spreads spreads_;
  const std::vector<HigherDeviations>& higher_;
};

}  // namespace gridmill::features::aggregations
