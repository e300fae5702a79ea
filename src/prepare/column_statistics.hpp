#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "core/numpy_sum.hpp"

namespace gridmill::prepare {

/// Returns the values of one feature in the rows `rows` that are not missing, in their order.
std::vector<double> present_values(const core::MatrixView& x, std::span<const core::Index> rows, std::size_t feature);

/// Returns how many there are of each feature.
std::vector<double> present_counts(const core::MatrixView& x, std::span<const core::Index> rows);

/// Returns their mean for each feature; NaN where there are none.
/// Source: numpy's sums, bit for bit.
std::vector<double> column_means(const core::MatrixView& x, std::span<const core::Index> rows);

/// Returns the quantile `q`, in [0, 1], of ascending values, linear between two of them; NaN of none.
/// Source: numpy's, bit for bit.
double quantile(std::span<const double> ascending, double q);

/// Returns the median of ascending values; NaN of none. Source: numpy's.
double median(std::span<const double> ascending);

/// Returns what a feature is divided by, given its spread: 1 for that of a constant. Source: _handle_zeros_in_scale.
double divisor(double spread);

/// Sums over rows of something that is made of each value and its feature, NaN as 0.
///
/// numpy adds the rows of a C-ordered array one after the other, but a single column pairwise.
template <class Term>
std::vector<double> column_sums(const core::MatrixView& x, std::span<const core::Index> rows, Term term) {
  const auto value = [&](core::Index row, std::size_t feature) {
    const double v = term(x.sample(row)[feature], feature);
    return std::isnan(v) ? 0.0 : v;
  };
  if (x.n_features == 1) {
    std::vector<double> column;
    for (const core::Index row : rows) column.push_back(value(row, 0));
    return {core::numpy_sum(column)};
  }
  std::vector<double> sums(x.n_features);
  for (const core::Index row : rows) {
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += value(row, j);
  }
  return sums;
}

}  // namespace gridmill::prepare
