#pragma once

#include "features/definitions/primitive.hpp"

namespace gridmill::features::transforms {

/// The first input's entry `periods` rows before, or missing. For columns of every kind.
Transform lag_kernel();
/// The same of the second input, a number; `fill_value` where there is no such row.
Transform numeric_lag_kernel();
/// Seconds since the last row, this one included, whose boolean (second input) is `state`.
Transform time_since_last_kernel(bool state);

}  // namespace gridmill::features::transforms
