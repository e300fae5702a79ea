#include "features/aggregations/group_moments.hpp"

#include <cmath>

#include "features/aggregations/pairwise.hpp"
#include "features/aggregations/reduction.hpp"

namespace gridmill::features::aggregations {
namespace {

// Comparisons and selections rather than branches: values are missing at random.
Totals totals_of(const double* x, Slice group) {
  Totals found;
  found.n_rows = static_cast<std::int64_t>(group.size());
  for (std::size_t i = group.begin; i < group.end; ++i) {
    found.n += static_cast<std::int64_t>(x[i] == x[i]);
    found.least = x[i] < found.least ? x[i] : found.least;
    found.greatest = x[i] > found.greatest ? x[i] : found.greatest;
  }
  found.sum = pairwise_sum(group.begin, group.end, [x](std::size_t i) { return x[i] == x[i] ? x[i] : 0.0; });
  return found;
}

/// The deviation of x from a finite mean, 0 if x is missing.
double deviation(double x, double mean) {
  const double found = x - mean;
  return found == found ? found : 0.0;
}

/// Returns the mean to take deviations from: exact where all values are equal.
double centre_of(const Totals& totals) { return totals.least == totals.greatest ? totals.least : totals.mean(); }

SquaredDeviations squares_of(const double* x, Slice group, const Totals& totals) {
  const double mean = centre_of(totals);
  if (totals.n == 0) return {};
  if (!std::isfinite(mean)) return {.m2 = kNaN};
  if (totals.least == totals.greatest) return {};
  const double rest = pairwise_sum(group.begin, group.end, [x, mean](std::size_t i) { return deviation(x[i], mean); });
  const double squares = pairwise_sum(group.begin, group.end, [x, mean](std::size_t i) {
    const double from_mean = deviation(x[i], mean);
    return from_mean * from_mean;
  });
  const double shift = rest / number(totals.n);
  return {.shift = shift, .m2 = squares - rest * shift};
}

struct PowerSums {
  double cubes = 0;
  double fourths = 0;
};

/// Blocks are added up pairwise, within a block one after another: nothing is decided by the last bit here.
PowerSums higher_powers(const double* x, Slice group, double mean) {
  constexpr std::size_t kBlock = 128;
  if (group.size() > kBlock) {
    const std::size_t middle = group.begin + group.size() / 2;
    const PowerSums a = higher_powers(x, {group.begin, middle}, mean);
    const PowerSums b = higher_powers(x, {middle, group.end}, mean);
    return {a.cubes + b.cubes, a.fourths + b.fourths};
  }
  PowerSums sums;
  for (std::size_t i = group.begin; i < group.end; ++i) {
    const double from_mean = deviation(x[i], mean);
    const double square = from_mean * from_mean;
    sums.cubes += square * from_mean;
    sums.fourths += square * square;
  }
  return sums;
}

HigherDeviations higher_of(const double* x, Slice group, const Spread& spread) {
  if (spread.m2 == 0) return {};
  const auto [cubes, fourths] = higher_powers(x, group, spread.mean);
  const double shift = spread.shift;
  const double shift_square = shift * shift;
  return {.m3 = cubes - shift * (3 * spread.m2 + number(spread.n) * shift_square),
          .m4 = fourths - 4 * shift * cubes + shift_square * (6 * spread.m2 + 3 * number(spread.n) * shift_square)};
}

/// Returns compute(x, entries, group) of each group, from the first call for the column on.
template <class Found, class Compute>
const std::vector<Found>& for_each_group(const AggregateInput& input, std::size_t column, Compute compute) {
  const Column& values = *input.columns[column];
  return input.memo.get<std::vector<Found>>(values, [&] {
    const double* x = values.numbers().data();
    std::vector<Found> found;
    found.reserve(input.n_groups());
    for (std::size_t group = 0; group < input.n_groups(); ++group) {
      found.push_back(compute(x, slice(input, group), group));
    }
    return found;
  });
}

}  // namespace

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
  return for_each_group<Totals>(input, column,
                                [](const double* x, Slice entries, std::size_t) { return totals_of(x, entries); });
}

const std::vector<ExactTotals>& exact_totals(const AggregateInput& input, std::size_t column) {
  const Column& values = *input.columns[column];
  return input.memo.get<std::vector<ExactTotals>>(values, [&] {
    std::vector<ExactTotals> found;
    if (!values.numbers().has_rests()) {
      for (const Totals& each : totals(input, column)) {
        found.push_back(
            {.n_rows = each.n_rows, .n = each.n, .sum = each.sum, .least = each.least, .greatest = each.greatest});
      }
      return found;
    }
    const auto x = entries_as<Exact>(values);
    found.resize(input.n_groups());
    for (std::size_t group = 0; group < found.size(); ++group) {
      const Slice entries = slice(input, group);
      ExactTotals& totals = found[group];
      totals.n_rows = static_cast<std::int64_t>(entries.size());
      for (std::size_t i = entries.begin; i < entries.end; ++i) {
        const Exact value = x[i];
        if (std::isnan(value)) continue;
        totals.merge({.n_rows = 0, .n = 1, .sum = value, .least = value, .greatest = value});
      }
    }
    return found;
  });
}

Spreads::Spreads(const AggregateInput& input, std::size_t column)
    : totals_(totals(input, column)),
      squares_(
          for_each_group<SquaredDeviations>(input, column, [this](const double* x, Slice entries, std::size_t group) {
            return squares_of(x, entries, totals_[group]);
          })) {}

Spread Spreads::operator[](std::size_t group) const {
  const Totals& sums = totals_[group];
  return {.n_rows = sums.n_rows,
          .n = sums.n,
          .mean = centre_of(sums),
          .shift = squares_[group].shift,
          .m2 = squares_[group].m2};
}

Shapes::Shapes(const AggregateInput& input, std::size_t column)
    : spreads_(input, column),
      higher_(
          for_each_group<HigherDeviations>(input, column, [this](const double* x, Slice entries, std::size_t group) {
            return higher_of(x, entries, spreads_[group]);
          })) {}

Shape Shapes::operator[](std::size_t group) const {
  return {.spread = spreads_[group], .m3 = higher_[group].m3, .m4 = higher_[group].m4};
}

}  // namespace gridmill::features::aggregations
