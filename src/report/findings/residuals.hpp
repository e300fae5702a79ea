#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace gridmill::report {

/// Rows with similar predictions.
struct ResidualBand {
  double predicted = 0;  // their mean
  double low = 0;        // a tenth of their residuals lies below
  double median = 0;
  double high = 0;  // a tenth lies above
};

/// What is left between labels and predictions: truth minus prediction.
struct Residuals {
  std::size_t n = 0;    // rows that have a prediction
  double low = 0;       // where the first bar begins
  double width = 0;     // of a bar; above 0
  std::vector<std::size_t> counts;  // rows by bar; the last one takes in its upper border
  std::vector<ResidualBand> bands;  // rows by prediction, in groups of equal size, at most ten
};

/// Describes residuals. Rows where either number is not finite are left out. `n_bars` is at least 1. Cost: O(n log n).
Residuals residuals(std::span<const double> truth, std::span<const double> predicted, std::size_t n_bars);

}  // namespace gridmill::report
