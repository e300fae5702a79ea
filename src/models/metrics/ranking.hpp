#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "models/metrics/score.hpp"

namespace gridmill::models {

/// Metrics of how well a real-valued score ranks the samples, each as scikit-learn 1.2.1 defines it.
///
/// Shapes: `truth` holds n >= 1 class codes, `weight` n weights >= 0, or none (all 1). Tied scores are one threshold.
/// NaN or infinite scores make the result undefined. Cost: O(n log n) for each class or pair of classes.

/// The area under the ROC curve of two classes (roc_auc_score). `score` is greater for the class `positive`; all other
/// classes are negative. Undefined when only one of both kinds occurs.
Score roc_auc(std::span<const double> truth, std::span<const double> score, std::span<const double> weight,
              std::size_t positive);

/// The step-wise area under the precision-recall curve of `positive` against the rest (average_precision_score).
/// Without a positive sample recall is set to one, which gives 0 and a sentence in `why`.
Score average_precision(std::span<const double> truth, std::span<const double> score, std::span<const double> weight,
                        std::size_t positive);

/// How the areas of several classes become one: each against the rest, or each pair of classes (Hand & Till 2001).
enum class MultiClass { one_vs_rest, one_vs_one };
/// With what weight: the same, or by the share in `truth`.
enum class Prevalence { ignored, weighted };

/// roc_auc_score(multi_class="ovr" or "ovo", average="macro" or "weighted").
///
/// Shapes: `probability` is n_classes_fitted x n, each sample's entries sum to 1. Its rows are matched with the classes
/// that occur in `truth` in ascending order; undefined when their numbers differ, as in scikit-learn.
/// One-vs-one takes no weights (undefined with them).
Score roc_auc_multiclass(std::span<const double> truth, const core::Matrix& probability, std::span<const double> weight,
                         MultiClass scheme, Prevalence prevalence);

/// Returns the scores of one class: a row of such a matrix.
std::vector<double> row_of(const core::Matrix& matrix, std::size_t row);

}  // namespace gridmill::models
