#include "features/aggregations/group_moments.hpp"

#include <array>
#include <cmath>

#include "features/aggregations/pairwise.hpp"
#include "features/aggregations/reduction.hpp"

namespace gridmill::features::aggregations {
namespace {

double number(std::int64_t count) { return static_cast<double>(count); }

// Comparisons and selections rather than branches: values are missing at random.
Totals totals_of(const double* x, Slice group) {
  Totals found;
  found.n_rows = static_cast<std::int64_t>(group.size());
  for (std::size_t i = group.begin; i < group.end; ++i) {
    found.n += static_cast<std::int64_t>(x[i] == x[i]);
    found.least = x[i] < found.least ? x[i] : found.least;
    found.greatest = x[i] > found.greatest ? x[i] : found.greatest;
  }
  found.sum =
      pairwise_sums<1>(group.begin, group.end, [x](std::size_t i) { return std::array{x[i] == x[i] ? x[i] : 0.0}; })[0];
  return found;
}

Spread spread_of(const double* x, Slice group, const Totals& totals) {
  Spread found{.n_rows = totals.n_rows, .n = totals.n, .mean = totals.mean()};
  if (totals.n == 0) return found;
  if (totals.least == totals.greatest && std::isfinite(totals.least)) {
    found.mean = totals.least;
    return found;
  }
  const double mean = found.mean;
  const auto [residue, squares] = pairwise_sums<2>(group.begin, group.end, [x, mean](std::size_t i) {
    const double deviation = x[i] == x[i] ? x[i] - mean : 0.0;
    return std::array{deviation, deviation * deviation};
  });
  found.shift = residue / number(totals.n);
  found.m2 = squares - residue * found.shift;
  return found;
}

Shape shape_of(const double* x, Slice group, const Spread& spread) {
  Shape found{.spread = spread};
  if (spread.m2 == 0) return found;
  const double mean = spread.mean;
  const auto [cubes, fourths] = pairwise_sums<2>(group.begin, group.end, [x, mean](std::size_t i) {
    const double deviation = x[i] == x[i] ? x[i] - mean : 0.0;
    const double square = deviation * deviation;
    return std::array{square * deviation, square * square};
  });
  const double shift = spread.shift;
  const double shift_square = shift * shift;
  found.m3 = cubes - shift * (3 * spread.m2 + number(spread.n) * shift_square);
  found.m4 = fourths - 4 * shift * cubes + shift_square * (6 * spread.m2 + 3 * number(spread.n) * shift_square);
  return found;
}

}  // namespace

void Totals::merge(const Totals& later) {
  n_rows += later.n_rows;
  n += later.n;
  sum += later.sum;
  least = later.least < least ? later.least : least;
  greatest = later.greatest > greatest ? later.greatest : greatest;
}

void Shape::merge(const Shape& later) {
  const Spread a = spread;
  const Spread b = later.spread;
  if (a.n == 0) *this = later;
  if (a.n > 0 && b.n > 0) {
    const double n_a = number(a.n);
    const double n_b = number(b.n);
    const double delta = (b.mean - a.mean) + (b.shift - a.shift);
    const double step = delta / (n_a + n_b);
    m4 += later.m4 + delta * step * step * step * n_a * n_b * (n_a * n_a - n_a * n_b + n_b * n_b) +
          6 * step * step * (n_a * n_a * b.m2 + n_b * n_b * a.m2) + 4 * step * (n_a * later.m3 - n_b * m3);
    m3 += later.m3 + delta * step * step * n_a * n_b * (n_a - n_b) + 3 * step * (n_a * b.m2 - n_b * a.m2);
    spread.m2 += b.m2 + delta * step * n_a * n_b;
    spread.shift += step * n_b;
    spread.n += b.n;
  }
  spread.n_rows = a.n_rows + b.n_rows;
}

const std::vector<Totals>& totals(const AggregateInput& input, std::size_t column) {
  const Column& values = *input.columns[column];
  return input.memo.get<std::vector<Totals>>(values, [&] {
    std::vector<Totals> found(input.n_groups());
    for (std::size_t group = 0; group < found.size(); ++group) {
      found[group] = totals_of(values.numbers().data(), slice(input, group));
    }
    return found;
  });
}

const std::vector<Spread>& spreads(const AggregateInput& input, std::size_t column) {
  const Column& values = *input.columns[column];
  const std::vector<Totals>& sums = totals(input, column);
  return input.memo.get<std::vector<Spread>>(values, [&] {
    std::vector<Spread> found(input.n_groups());
    for (std::size_t group = 0; group < found.size(); ++group) {
      found[group] = spread_of(values.numbers().data(), slice(input, group), sums[group]);
    }
    return found;
  });
}

const std::vector<Shape>& shapes(const AggregateInput& input, std::size_t column) {
  const Column& values = *input.columns[column];
  const std::vector<Spread>& squares = spreads(input, column);
  return input.memo.get<std::vector<Shape>>(values, [&] {
    std::vector<Shape> found(input.n_groups());
    for (std::size_t group = 0; group < found.size(); ++group) {
      found[group] = shape_of(values.numbers().data(), slice(input, group), squares[group]);
    }
    return found;
  });
}

}  // namespace gridmill::features::aggregations
