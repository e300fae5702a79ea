#include "models/metrics/median.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>

namespace gridmill::models {

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

double weighted_median(std::span<const double> values, std::span<const double> weight) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> reached(values.size());
  double sum = 0;
  for (std::size_t i = 0; i < order.size(); ++i) reached[i] = sum += weight[order[i]];
  const double half = std::max(0.5 * sum, std::numeric_limits<double>::denorm_min());
  const auto at = std::lower_bound(reached.begin(), reached.end(), half) - reached.begin();
  return values[order[std::min(static_cast<std::size_t>(at), order.size() - 1)]];
}

}  // namespace gridmill::models
