#pragma once

#include <cstddef>
#include <span>

#include "core/matrix.hpp"
#include "models/metrics/score.hpp"

namespace gridmill::models {

/// Metrics of predicted probabilities, each as scikit-learn 1.2.1 defines it; smaller is better.
///
/// Shapes: `truth` holds n >= 1 class codes, `weight` n weights >= 0, or none (all 1).

/// In how many bits probabilities were computed. numpy goes on in them, and clips by what they can tell apart.
enum class Precision { double_, single_ };

/// The mean of -log(probability of the true class), probabilities clipped to [2^-52, 1 - 2^-52] (single precision:
/// [2^-23, 1 - 2^-23]) and divided by their sum (log_loss).
///
/// Shapes: `probability` is n_classes_fitted x n. Its rows are matched with the classes that occur in `truth` in
/// ascending order; undefined when their numbers differ, or when one class occurs only, as in scikit-learn.
Score log_loss(std::span<const double> truth, const core::Matrix& probability, std::span<const double> weight,
               Precision precision = Precision::double_);

/// log_loss of two classes from the probability of the greater one that occurs in `truth`.
Score binary_log_loss(std::span<const double> truth, std::span<const double> probability,
                      std::span<const double> weight, Precision precision = Precision::double_);

/// The mean squared difference of `probability` and the truth of "is `positive`" (brier_score_loss).
/// Undefined when more than two classes occur in `truth`.
Score brier_loss(std::span<const double> truth, std::span<const double> probability, std::span<const double> weight,
                 std::size_t positive);

}  // namespace gridmill::models
