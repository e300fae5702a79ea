#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "core/sparse.hpp"
#include "models/boosting/booster.hpp"

namespace gridmill::models::boosting {

/// Returns the name of a feature that the booster's margin does not rise or fall with as it must, or nothing. XGBoost
/// 1.7.4 can break such constraints in large trees.
///
/// Sweeps each constrained feature over values that occur, for some of the rows: a breach may go unseen, what is found
/// is one. Shapes: `signs` has +1, -1 or 0 for each feature. Cost: some 2,000 predictions a constrained feature.
std::string broken_monotone_feature(const Booster& booster, const core::MatrixView& x,
                                    std::span<const core::Index> rows, std::span<const int> signs,
                                    std::span<const std::string> names);
/// The same of samples whose absent entries are missing values.
std::string broken_monotone_feature(const Booster& booster, const core::SparseView& x,
                                    std::span<const core::Index> rows, std::span<const int> signs,
                                    std::span<const std::string> names);

}  // namespace gridmill::models::boosting
