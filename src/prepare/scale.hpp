#pragma once

#include "prepare/step.hpp"

namespace gridmill::prepare {

/// Returns the step `preprocessing`: features are scaled to mean 0 and variance 1, (x - offset) / scale, or to [0, 1],
/// x * scale + offset, on the training rows.
///
/// Special cases: a constant feature has scale 1. Missing values stay missing and are left out of the statistics; a
/// feature without any value has statistics that are missing, too.
/// Cost: O(rows x features) to learn.
/// Source: scikit-learn 1.2.1's StandardScaler and MinMaxScaler on a C-ordered array, bit for bit.
const StepKind& scale_kind();

}  // namespace gridmill::prepare
