#pragma once

#include <span>
#include <vector>

namespace gridmill::models {

/// Returns the middle value, of an even number the mean of the two middle ones. Not of nothing.
double median(std::vector<double> values);

/// Returns the least value up to which there is half of the weight; samples without weight at the lower end are passed
/// over. Shapes: both have n >= 1 entries. Source: scikit-learn 1.2.1, _weighted_percentile(values, weight, 50).
double weighted_median(std::span<const double> values, std::span<const double> weight);

}  // namespace gridmill::models
