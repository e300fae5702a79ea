#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "core/numbers.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features::transforms {

/// Calls f(begin, n) for each series of a whole-table transform.
template <class F>
void for_each_series(const TransformInput& input, F f) {
  for (std::size_t s = 0; s + 1 < input.series.size(); ++s) {
    const auto begin = static_cast<std::size_t>(input.series[s]);
    f(begin, static_cast<std::size_t>(input.series[s + 1]) - begin);
  }
}

/// Number to number, series by series. F: (span of const double x, span of double y); y comes filled with NaN.
template <class F>
Column number_series(const TransformInput& input, std::size_t which, F f) {
  const Column::Numbers& x = input.columns[which]->numbers();
  Column::Numbers y(input.n, std::numeric_limits<double>::quiet_NaN());
  for_each_series(input, [&](std::size_t begin, std::size_t n) {
    f(std::span(x).subspan(begin, n), std::span(y).subspan(begin, n));
  });
  return {std::move(y), nullptr};
}

/// ... and exactly where whole numbers beyond 2^53 want that; f takes spans of numbers of any kind.
template <class F>
Column exact_number_series(const TransformInput& input, std::size_t which, F f) {
  using Exact = core::Numbers::Exact;
  const Column::Numbers& numbers = input.columns[which]->numbers();
  if (!numbers.has_rests()) {
    return number_series(input, which, [&f](std::span<const double> x, std::span<double> y) { f(x, y); });
  }
  const std::vector<Exact> x = numbers.all_exact();
  std::vector<Exact> y(input.n, std::numeric_limits<Exact>::quiet_NaN());
  for_each_series(input, [&](std::size_t begin, std::size_t n) {
    f(std::span<const Exact>(x).subspan(begin, n), std::span(y).subspan(begin, n));
  });
  Column::Numbers result(input.n);
  for (std::size_t i = 0; i < input.n; ++i) result.set(i, y[i]);
  return {std::move(result), nullptr};
}

}  // namespace gridmill::features::transforms
