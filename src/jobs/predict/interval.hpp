#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "core/dataset.hpp"

namespace gridmill::jobs {

/// How far from a prediction the truth of a new row is expected at most.
struct PredictionInterval {
  double share = 0;        // of new rows that are to lie within it: above 0, below 1
  double margin = 0;       // to both sides
  std::size_t n_rows = 0;  // that it was learnt from

  /// Says what it is, in a sentence.
  [[nodiscard]] std::string text() const;
  /// Says how many of the rows lie within it. Shapes: n each, n >= 1.
  [[nodiscard]] std::string coverage_text(std::span<const double> truth, std::span<const double> predicted) const;
};

/// Makes one of rows that were predicted by fits which had not seen them: as far as `share` of them lie from the truth.
///
/// With n such rows the margin is the ceil((n + 1) share)-th smallest |truth - predicted|, as conformal prediction
/// takes it. Rows without a prediction (NaN: the fit failed) are left out; all others count the same. Cost: O(n).
/// Errors: UserError if share is not between 0 and 1, or n too small for it.
/// Source: Barber, Candes, Ramdas and Tibshirani: Predictive inference with the jackknife+ (2021), the interval of
/// cross-validation residuals around the model of all rows (their "jackknife", with folds).
PredictionInterval interval_of(std::span<const double> truth, std::span<const double> predicted, double share);

/// The same of what the folds' fits of a search have predicted (results.h5). `run`: its folder, or that of its model.
/// Errors: also UserError where the file is not there, damaged, or has no such predictions, or the task has no values.
PredictionInterval interval_of_run(const std::filesystem::path& run, core::Task task, double share);

}  // namespace gridmill::jobs
