#pragma once

#include "prepare/step.hpp"

namespace gridmill::prepare {

/// Returns the step `impute`: what stands in for a missing value (NaN) is a statistic of the feature's values in the
/// training rows, a constant (the option `impute_value`), or 0.
///
/// Special case: a feature without any value there is filled with 0 (SimpleImputer(keep_empty_features=True);
/// scikit-learn's default would drop it).
/// Cost: O(rows x features) to learn; median and most_frequent sort.
/// Source: scikit-learn 1.2.1's SimpleImputer on a C-ordered array, bit for bit.
const StepKind& impute_kind();

}  // namespace gridmill::prepare
