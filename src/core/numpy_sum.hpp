#pragma once

#include <span>

namespace gridmill::core {

/// Returns the sum of `values` added in numpy's order (pairwise, blocks of 128 in eight accumulators), which
/// decides the last bit, and so whether two candidates tie.
/// Source: numpy 1.24, pairwise summation.
double numpy_sum(std::span<const double> values);

/// Returns numpy.average(values, weights): sum(values * weights) / sum(weights), or the plain mean when `weights` is
/// empty. NaN when the weights sum to zero (numpy raises), or when there are no values.
double numpy_average(std::span<const double> values, std::span<const double> weights = {});

/// Returns numpy.std(values) with ddof=0 around `mean`.
double numpy_std(std::span<const double> values, double mean);

}  // namespace gridmill::core
