#pragma once

#include <optional>
#include <string>

#include "core/value.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features::transforms {

// `periods` is a number of rows, or a length of time: the last row of exactly that time before the row's own counts.
// `fill_value` stands where there is no such row: in numbers as it is, in booleans 0 and 1; other columns are missing.

/// Says what is wrong with the argument periods, or nothing.
std::optional<std::string> problem_with_periods(const core::Params& arguments);
/// Says whether an entry depends on a later row.
bool lags_ahead(const core::Params& arguments);

/// The first input's entry of an earlier row; the second input is the time index. For columns of every kind.
Transform lag_kernel();
/// The same of the second input, a number; the first is the time index.
Transform numeric_lag_kernel();
/// Seconds since the last row, this one included, whose boolean (second input) is `state`.
Transform time_since_last_kernel(bool state);

}  // namespace gridmill::features::transforms
