#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/metrics/confusion.hpp"
#include "models/metrics/score.hpp"

namespace gridmill::models {

/// Metrics of predicted classes, each as scikit-learn 1.2.1 defines it.
///
/// Shapes: `truth` and `predicted` hold n >= 1 class codes, `weight` n weights >= 0, or none (all 1).
/// Classes that occur in neither do not count, classes that occur in one of them do.

/// The share of right predictions (accuracy_score).
Score accuracy(std::span<const double> truth, std::span<const double> predicted, std::span<const double> weight);

/// The mean recall of the classes that occur in `truth` (balanced_accuracy_score).
Score balanced_accuracy(std::span<const double> truth, std::span<const double> predicted,
                        std::span<const double> weight);

/// The correlation of truth and prediction, 0 when one of them is constant (matthews_corrcoef).
Score matthews_corrcoef(std::span<const double> truth, std::span<const double> predicted,
                        std::span<const double> weight);

enum class SetMetric { precision, recall, f1, jaccard };

/// Over which classes a SetMetric is taken: the positive one; all, each with the same weight; all, counts pooled;
/// all, weighted by their share in `truth`.
enum class Average { binary, macro, micro, weighted };

/// precision_score, recall_score, f1_score, jaccard_score.
///
/// A class whose denominator is zero scores 0, and `why` says so. Average::binary is undefined when more than two
/// classes occur, or when two occur and `positive` is neither.
Score set_metric(SetMetric metric, Average average, std::span<const double> truth, std::span<const double> predicted,
                 std::span<const double> weight, std::size_t positive);

/// The metric of each class in `counts` alone (average=None); zero denominators give 0.
std::vector<double> set_metric_by_class(SetMetric metric, const LabelCounts& counts);

}  // namespace gridmill::models
