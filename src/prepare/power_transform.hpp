#pragma once

#include "prepare/preprocessing.hpp"

namespace gridmill::prepare {

/// Yeo and Johnson's power of each feature, under which the training rows look most like a normal distribution, then
/// standardized.
///
/// Special case: the power of a constant feature, or of one without values, is 1, which changes nothing (scikit-learn
/// 1.3 and later; 1.2.1 takes what its search happens to end at).
/// Cost: some 30 passes over the training rows of a feature.
/// Source: scikit-learn 1.2.1's PowerTransformer(); what comes out agrees to about 1e-8, how exact its search is; to
/// less where the values of a feature are nearly equal.
PreprocessingWay power_way();

}  // namespace gridmill::prepare
