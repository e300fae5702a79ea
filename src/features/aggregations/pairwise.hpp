#pragma once

#include <array>
#include <cstddef>

namespace gridmill::features::aggregations {

/// Sums terms pairwise, in the order in which numpy's `sum` adds: errors grow with the logarithm of n, comparisons with
/// a mean decide as pandas does, and the result depends on the terms alone.
///
/// `term(i)` gives the K addends of entry i. Cost: one addition each, eight at a time independent of each other.
template <std::size_t K, class Term>
std::array<double, K> pairwise_sums(std::size_t begin, std::size_t end, const Term& term) {
  constexpr std::size_t kLanes = 8;
  constexpr std::size_t kBlock = 128;
  const std::size_t n = end - begin;
  std::array<double, K> sums{};
  if (n > kBlock) {
    const std::size_t half = n / 2 - (n / 2) % kLanes;
    sums = pairwise_sums<K>(begin, begin + half, term);
    const std::array<double, K> rest = pairwise_sums<K>(begin + half, end, term);
    for (std::size_t k = 0; k < K; ++k) sums[k] += rest[k];
    return sums;
  }
  std::size_t i = begin;
  if (n >= kLanes) {
    std::array<std::array<double, kLanes>, K> lanes{};
    const auto add = [&](std::size_t lane) {
      const std::array<double, K> addends = term(i + lane);
      for (std::size_t k = 0; k < K; ++k) lanes[k][lane] += addends[k];
    };
    for (const std::size_t whole = end - n % kLanes; i < whole; i += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) add(lane);
    }
    for (std::size_t k = 0; k < K; ++k) {
      const auto& lane = lanes[k];
      sums[k] = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
    }
  }
  for (; i < end; ++i) {
    const std::array<double, K> addends = term(i);
    for (std::size_t k = 0; k < K; ++k) sums[k] += addends[k];
  }
  return sums;
}

}  // namespace gridmill::features::aggregations
