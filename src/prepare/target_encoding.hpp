#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "core/value.hpp"
#include "prepare/step.hpp"

namespace gridmill::prepare {

/// What the target is like in rows of each category.
struct TargetMeans {
  core::Matrix values;        // n_outputs x n_categories: what a category becomes
  std::vector<double> prior;  // n_outputs: what any other word becomes
};

/// Returns how many numbers a category becomes: one, or of more than two classes one for each.
std::size_t n_target_outputs(const Labels& labels);

/// Learns the mean target of each category, drawn to that of all rows where a category has few of them.
///
/// Shapes: codes has labels.y.size() entries in [0, n_categories), or below 0: of no category.
/// `smoothing`: the number of rows that the mean of all counts for; or "auto", by the target's spread within the
/// category.
/// Source: the formulas that scikit-learn 1.3 documents of TargetEncoder.
TargetMeans target_means(std::span<const std::int32_t> codes, const Labels& labels, std::size_t n_categories,
                         const core::Value& smoothing);

/// Returns what the rows themselves are to be learnt from, n_outputs x n rows: each is encoded by what the rows of the
/// other four of five folds teach, the mean of all rows included, so that no row is shown its own label.
///
/// Source: TargetEncoder(cv=5, shuffle=True, random_state=seed).fit_transform, with KFold's or, of classes,
/// StratifiedKFold's folds. Errors: UserError if there are too few rows for five folds.
core::Matrix cross_fitted_means(std::span<const std::int32_t> codes, const Labels& labels, std::size_t n_categories,
                                const core::Value& smoothing);

}  // namespace gridmill::prepare
