#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/value.hpp"
#include "features/definitions/primitive.hpp"

/// Kernels over windows of rows or of time. Missing and infinite values do not count. Inputs: the time index and, but
/// for counts, a number.
namespace gridmill::features::transforms {

enum class Statistic : std::uint8_t { count, least, greatest, mean, deviation, trend, outliers };

/// Arguments window_length, gap, min_periods. Cost: O(n) a series; outliers O(n window).
Transform rolling_kernel(Statistic statistic);
/// Arguments gap, min_periods. Not for outliers.
Transform expanding_kernel(Statistic statistic);

}  // namespace gridmill::features::transforms
