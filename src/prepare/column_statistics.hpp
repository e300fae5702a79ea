#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "core/numpy_sum.hpp"
#include "core/sparse.hpp"

namespace gridmill::prepare {

/// Returns the values of one feature in the rows `rows` that are not missing, in their order.
std::vector<double> present_values(const core::MatrixView& x, std::span<const core::Index> rows, std::size_t feature);

/// Returns how many there are of each feature.
std::vector<double> present_counts(const core::MatrixView& x, std::span<const core::Index> rows);
std::vector<double> present_counts(const core::SparseView& x, std::span<const core::Index> rows);

/// Returns their mean for each feature; NaN where there are none.
/// Source: numpy's sums, bit for bit.
std::vector<double> column_means(const core::MatrixView& x, std::span<const core::Index> rows);
std::vector<double> column_means(const core::SparseView& x, std::span<const core::Index> rows);

/// Returns the quantile `q`, in [0, 1], of ascending values, linear between two of them; NaN of none.
/// Source: numpy's, bit for bit.
double quantile(std::span<const double> ascending, double q);

/// Returns the same of values in any order, none of them NaN, and puts them into another. Cost: O(values).
double quantile_of(std::span<double> values, double q);

/// Returns their median; NaN of none. Likewise. Source: numpy's.
double median_of(std::span<double> values);

/// Returns what a feature is divided by, given its spread: 1 for that of a constant. Source: _handle_zeros_in_scale.
double divisor(double spread);

/// Calls `take` with each feature and its values in the rows that are not missing, in their order, which it may change.
/// Several features are gathered at a time, as they lie beside each other in memory.
template <class Take>
void for_each_feature(const core::MatrixView& x, std::span<const core::Index> rows, Take take) {
  constexpr std::size_t kAtATime = 8;  // doubles of a line of the cache
  std::array<std::vector<double>, kAtATime> columns;
  for (std::size_t first = 0; first < x.n_features; first += kAtATime) {
    const std::size_t n = std::min(kAtATime, x.n_features - first);
    for (std::size_t k = 0; k < n; ++k) {
      columns[k].clear();
      columns[k].reserve(rows.size());
    }
    for (const core::Index row : rows) {
      const std::span<const double> values = x.sample(row).subspan(first, n);
      for (std::size_t k = 0; k < n; ++k) {
        if (!std::isnan(values[k])) columns[k].push_back(values[k]);
      }
    }
    for (std::size_t k = 0; k < n; ++k) take(first + k, columns[k]);
  }
}

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

/// The same of samples without their 0s, of which nothing is made: adding them would change no bit.
template <class Term>
std::vector<double> column_sums(const core::SparseView& x, std::span<const core::Index> rows, Term term) {
  std::vector<double> sums(x.n_features);
  for (const core::Index row : rows) {
    const core::SparseSample sample = x.sample(row);
    for (std::size_t e = 0; e < sample.value.size(); ++e) {
      const double v = term(sample.value[e], sample.feature[e]);
      sums[sample.feature[e]] += std::isnan(v) ? 0.0 : v;
    }
  }
  return sums;
}

/// Calls `take` with the entries of a sample, each a feature and a value; 0s may be left out.
template <class Take>
void for_each_entry(const core::MatrixView& x, core::Index row, Take take) {
  const std::span<const double> sample = x.sample(row);
  for (std::size_t j = 0; j < sample.size(); ++j) take(j, sample[j]);
}
template <class Take>
void for_each_entry(const core::SparseView& x, core::Index row, Take take) {
  const core::SparseSample sample = x.sample(row);
  for (std::size_t e = 0; e < sample.value.size(); ++e) take(sample.feature[e], sample.value[e]);
}

}  // namespace gridmill::prepare
