#pragma once

#include <vector>

#include "core/matrix.hpp"
#include "core/sparse.hpp"
#include "prepare/step.hpp"

namespace gridmill::prepare {

/// How much each feature has to say in the lesson's rows, by one measure: the greater, the more. NaN: it has no score.
///
/// Shapes: x is n_features x n_samples. Errors of the last two: UserError naming a feature with a missing value.

/// The variance of the values that are there. Source: numpy.nanvar.
std::vector<double> variances(const core::MatrixView& x, const Lesson& lesson);
std::vector<double> variances(const core::SparseView& x, const Lesson& lesson);

/// The F statistic of the classes, or of a regression on the feature alone. Cost: O(rows x features).
/// Source: scikit-learn 1.2.1's f_classif, bit for bit, and f_regression, to rounding. Deterministic: the same bits for
/// both forms of the samples, where there are several features.
std::vector<double> f_tests(const core::MatrixView& x, const Lesson& lesson);
std::vector<double> f_tests(const core::SparseView& x, const Lesson& lesson);

/// The mutual information with the label, from distances to the third nearest rows, in nats.
///
/// Cost: O(features x rows x log rows) of classes; of values some O(features x rows^1.5), and rows^2 for features of
/// few values where the label has few, too.
/// Source: scikit-learn 1.2.1's mutual_info_classif and mutual_info_regression with random_state=seed, noise included;
/// to rounding, but for classes of less than 8 rows, whose distances scikit-learn does not find exactly. All features
/// count as continuous (discrete_features='auto' of an array).
std::vector<double> mutual_information(const core::MatrixView& x, const Lesson& lesson);

/// Errors: UserError naming the feature if one misses a value.
void refuse_missing(const core::MatrixView& x, const Lesson& lesson, const char* measure);
void refuse_missing(const core::SparseView& x, const Lesson& lesson, const char* measure);

}  // namespace gridmill::prepare
