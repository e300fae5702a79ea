#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "features/columns/column.hpp"
#include "features/columns/statistics.hpp"

namespace gridmill::features {

/// Says which columns have less than `threshold` of their entries missing (none, if it is 0).
/// Source: Featuretools 1.28 remove_highly_null_features.
std::vector<bool> not_highly_null(std::span<const ColumnStatistics> statistics, double threshold);

/// Says which columns have more than one value; `count_missing`: missing is a value.
/// Source: Featuretools 1.28 remove_single_value_features.
std::vector<bool> not_single_valued(std::span<const ColumnStatistics> statistics, bool count_missing);

/// Says which of n columns are not highly correlated with one before them, whether that one is kept or not.
/// `correlation(i, j)` is asked for j < i only. A correlation that is NaN is not high.
/// Source: Featuretools 1.28 remove_highly_correlated_features.
std::vector<bool> not_highly_correlated(std::size_t n, double threshold,
                                        const std::function<double(std::size_t i, std::size_t j)>& correlation);

/// Pearson correlations of each of some columns with each of others, over the rows in which both are present; summed up
/// block by block of rows. Deterministic: in the rows' order and the sizes of blocks that are a multiple of
/// kCorrelationBlock. Cost: O(columns x columns x rows).
class Correlations {
 public:
  static constexpr std::size_t kCorrelationBlock = 512;

  /// Shifts: any number near each column's values (its mean), against cancellation.
  Correlations(std::vector<double> shifts_a, std::vector<double> shifts_b);

  /// Adds n rows; a column is n numbers, NaN = missing.
  void add(std::span<const double* const> a, std::span<const double* const> b, std::size_t n);

  /// Returns the correlation of a's column i with b's column j; NaN if one of them does not vary.
  [[nodiscard]] double correlation(std::size_t i, std::size_t j) const;
  /// Returns in how many rows both are present.
  [[nodiscard]] double n_common(std::size_t i, std::size_t j) const { return sums_[i * shifts_b_.size() + j].n; }

 private:
  struct Sums {
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  };

  void add_block(std::span<const double* const> a, std::span<const double* const> b, std::size_t first, std::size_t n);

  std::vector<double> shifts_a_, shifts_b_;
  std::vector<Sums> sums_;  // by (i, j), rows of b's
};

/// Puts values of a column into a few bins, for their mutual information: numbers by quantiles, categories by value
/// (the rare ones together), missing into a bin of its own.
class Binning {
 public:
  static constexpr std::size_t kMostBins = 32;

  /// Shapes: `sample` holds rows of the column, as many as there may be at hand.
  static Binning fit(const Column& sample);

  [[nodiscard]] std::size_t n_bins() const { return n_bins_; }
  /// Returns the bin of each entry.
  [[nodiscard]] std::vector<std::uint32_t> bins(const Column& column) const;

 private:
  std::vector<double> edges_;        // numbers: ascending; bin i holds edges[i - 1] <= x < edges[i]
  std::vector<std::string> labels_;  // categories with a bin of their own
  std::size_t n_bins_ = 1;           // the last one: missing
};

/// Returns the mutual information [nats] in a table of counts, `n_columns` a row. Never negative.
double mutual_information(std::span<const std::int64_t> counts, std::size_t n_columns);

}  // namespace gridmill::features
