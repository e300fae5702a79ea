#pragma once

#include <span>
#include <vector>

#include "prepare/preprocessing.hpp"

namespace gridmill::prepare {

/// Ways that shift and divide the numbers of a feature: (x - offset) / scale, and x * scale + offset for minmax.
///
/// A constant feature has scale 1. A feature without any value has statistics that are missing, too.
/// Cost: O(rows x features) to learn; robust sorts.
/// Source: scikit-learn 1.2.1's StandardScaler, MinMaxScaler, RobustScaler and MaxAbsScaler on a C-ordered array, bit
/// for bit.
PreprocessingWay standardize_way();  // mean 0, variance 1
PreprocessingWay minmax_way();       // [0, 1]
PreprocessingWay robust_way();       // median 0, a distance of 1 between the quartiles
PreprocessingWay max_abs_way();      // [-1, 1]; 0 stays 0

/// One entry a feature.
struct Scaling {
  std::vector<double> offset;
  std::vector<double> scale;
};

/// Returns what standardizes the features.
Scaling standardizing(const core::MatrixView& x, std::span<const core::Index> rows);

}  // namespace gridmill::prepare
