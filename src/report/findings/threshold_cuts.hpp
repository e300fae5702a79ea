#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gridmill::report {

/// How many rows are called positive at each threshold: what ROC, precision and recall, gain and costs are made of.
struct ThresholdCuts {
  std::int64_t n_positive = 0;
  std::int64_t n_negative = 0;
  std::vector<double> threshold;  // falling; the first one is infinite: no row is called positive
  std::vector<std::int64_t> true_positive;   // rows of the class with a score of at least the threshold
  std::vector<std::int64_t> false_positive;  // other rows with such a score
  double area = 0;               // below the ROC curve, of all rows; NaN where a class is missing
  double average_precision = 0;  // scikit-learn's, of all rows; NaN where there is no positive
};

/// Cuts the rows at their scores (n, higher: rather positive). Rows whose score is NaN are left out. Of more than
/// `most` different scores some are skipped, evenly by rows; the last is kept. Cost: O(n log n).
ThresholdCuts threshold_cuts(std::span<const double> score, const std::vector<bool>& positive, std::size_t most);

}  // namespace gridmill::report
