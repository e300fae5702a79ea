#pragma once

#include <span>

namespace gridmill::search {

/// numpy's sum of contiguous doubles; the order of its additions decides ties of means.
///
/// Source: numpy's pairwise summation (eight accumulators, blocks of 128).
double pairwise_sum(std::span<const double> values);

/// numpy's mean of contiguous doubles; NaN for none.
double pairwise_mean(std::span<const double> values);

/// numpy's std(ddof=0) of contiguous doubles around `mean`.
double pairwise_std(std::span<const double> values, double mean);

}  // namespace gridmill::search
