#pragma once

#include "features/definitions/primitive.hpp"

/// Kernels that follow a series of numbers.
namespace gridmill::features::transforms {

// Missing entries stay missing and are skipped. But with Featuretools' semantics those of nullable integers end a sum
// or mean (all that follows is missing), and count as 1 in extremes.
Transform cum_count_kernel();
Transform cum_max_kernel();
Transform cum_mean_kernel();
Transform cum_min_kernel();
Transform cum_sum_kernel();

// Differences; all but `diff` and `rate_of_change` fill missing entries from their neighbours first.
Transform absolute_diff_kernel();
Transform diff_kernel();
Transform percent_change_kernel();
Transform rate_of_change_kernel();
Transform same_as_previous_kernel();

/// Cost: a sort of each series.
Transform percentile_kernel();

}  // namespace gridmill::features::transforms
