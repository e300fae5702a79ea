#pragma once

#include <cstddef>

namespace gridmill::features::aggregations {

/// Sums term(begin), ..., term(end - 1) pairwise, in the order in which numpy's `sum` adds: errors grow with the
/// logarithm of n, comparisons with a mean decide as pandas does, and the result depends on the terms alone.
///
/// As core::numpy_sum, of terms that are computed on the way.
template <class Term>
double pairwise_sum(std::size_t begin, std::size_t end, const Term& term) {
  constexpr std::size_t kLanes = 8;
  constexpr std::size_t kBlock = 128;
  const std::size_t n = end - begin;
  if (n > kBlock) {
    const std::size_t middle = begin + n / 2 - (n / 2) % kLanes;
    return pairwise_sum(begin, middle, term) + pairwise_sum(middle, end, term);
  }
  double sum = 0;
  std::size_t i = begin;
  if (n >= kLanes) {
    double a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
    for (; i + kLanes <= end; i += kLanes) {
      a += term(i);
      b += term(i + 1);
      c += term(i + 2);
      d += term(i + 3);
      e += term(i + 4);
      f += term(i + 5);
      g += term(i + 6);
      h += term(i + 7);
    }
    sum = ((a + b) + (c + d)) + ((e + f) + (g + h));
  }
  for (; i < end; ++i) sum += term(i);
  return sum;
}

}  // namespace gridmill::features::aggregations
