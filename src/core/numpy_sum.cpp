#include "core/numpy_sum.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace gridmill::core {

namespace {

constexpr std::size_t kUnroll = 8;
constexpr std::size_t kBlock = 128;

// Source: numpy 1.24 core/src/umath/loops_utils.h.src, @TYPE@_pairwise_sum.
double pairwise(std::span<const double> values) {
  if (values.size() < kUnroll) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
  }
  if (values.size() <= kBlock) {
    std::array<double, kUnroll> r{};
    for (std::size_t k = 0; k < kUnroll; ++k) r[k] = values[k];
    std::size_t i = kUnroll;
    for (; i + kUnroll <= values.size(); i += kUnroll) {
      for (std::size_t k = 0; k < kUnroll; ++k) r[k] += values[i + k];
    }
    double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    for (; i < values.size(); ++i) sum += values[i];
    return sum;
  }
  std::size_t half = values.size() / 2;
  half -= half % kUnroll;
  return pairwise(values.first(half)) + pairwise(values.subspan(half));
}

}  // namespace

double numpy_sum(std::span<const double> values) {
  return 0.0 + pairwise(values);  // numpy adds to its identity: a sum of -0.0 is 0.0
}

double numpy_average(std::span<const double> values, std::span<const double> weights) {
  if (weights.empty()) return numpy_sum(values) / static_cast<double>(values.size());
  const double total = numpy_sum(weights);
  if (total == 0) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> weighted(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) weighted[i] = values[i] * weights[i];
  return numpy_sum(weighted) / total;
}

double numpy_std(std::span<const double> values, double mean) {
  std::vector<double> squares(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) squares[i] = (values[i] - mean) * (values[i] - mean);
  return std::sqrt(numpy_average(squares));
}

}  // namespace gridmill::core
