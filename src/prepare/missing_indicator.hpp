#pragma once

#include "prepare/step.hpp"

namespace gridmill::prepare {

/// Returns the step `missing_indicator`: behind all features come new ones, 1 where a value is missing and else 0, of
/// each feature that misses some in the training rows. What is done to features later is done to them, too.
///
/// Source: scikit-learn 1.2.1's SimpleImputer(add_indicator=True), where imputation follows.
const StepKind& missing_indicator_kind();

}  // namespace gridmill::prepare
