#pragma once

#include "prepare/preprocessing.hpp"

namespace gridmill::prepare {

/// log(1 + x). Learns nothing but the features' names.
///
/// Errors: UserError naming the feature with a value of -1 or less, which has no logarithm, in training and other rows.
/// Source: FunctionTransformer(numpy.log1p), which makes such values infinite or missing.
PreprocessingWay log1p_way();

}  // namespace gridmill::prepare
