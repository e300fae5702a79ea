#include "search/pairwise_sum.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace gridmill::search {

namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kBlock = 128;

double block_sum(std::span<const double> values) {
  std::array<double, kLanes> r{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) r[lane] = values[lane];
  std::size_t i = kLanes;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) r[lane] += values[i + lane];
  }
  double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
  for (; i < values.size(); ++i) sum += values[i];
  return sum;
}

double tree_sum(std::span<const double> values) {
  if (values.size() < kLanes) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
  }
  if (values.size() <= kBlock) return block_sum(values);
  const std::size_t half = values.size() / 2;
  const std::size_t left = half - half % kLanes;
  return tree_sum(values.first(left)) + tree_sum(values.subspan(left));
}

}  // namespace

double pairwise_sum(std::span<const double> values) {
  return 0.0 + tree_sum(values);  // numpy adds to its identity: a sum of -0.0 is 0.0
}

double pairwise_mean(std::span<const double> values) {
  return pairwise_sum(values) / static_cast<double>(values.size());
}

double pairwise_std(std::span<const double> values, double mean) {
  std::vector<double> squares(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) squares[i] = (values[i] - mean) * (values[i] - mean);
  return std::sqrt(pairwise_mean(squares));
}

}  // namespace gridmill::search
