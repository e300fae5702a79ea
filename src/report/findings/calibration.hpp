#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace gridmill::report {

/// Rows whose predicted probability lies within one range.
struct CalibrationBin {
  double predicted = 0;  // mean of their probabilities
  double observed = 0;   // share of positives
  std::size_t n = 0;     // rows; never 0
};

/// Compares probabilities (0 to 1; NaN: left out) with what happened, in `n_bins` ranges of equal width, as scikit-learn's
/// calibration_curve does; ranges without rows are left out.
std::vector<CalibrationBin> calibration(std::span<const double> probability, const std::vector<bool>& positive,
                                        std::size_t n_bins);

}  // namespace gridmill::report
