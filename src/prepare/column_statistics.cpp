#include "prepare/column_statistics.hpp"

#include <algorithm>
#include <limits>

namespace gridmill::prepare {

std::vector<double> present_values(const core::MatrixView& x, std::span<const core::Index> rows, std::size_t feature) {
  std::vector<double> values;
  for (const core::Index row : rows) {
    const double value = x.sample(row)[feature];
    if (!std::isnan(value)) values.push_back(value);
  }
  return values;
}

std::vector<double> present_counts(const core::MatrixView& x, std::span<const core::Index> rows) {
  return column_sums(x, rows, [](double value, std::size_t) { return std::isnan(value) ? 0.0 : 1.0; });
}

std::vector<double> present_counts(const core::SparseView& x, std::span<const core::Index> rows) {
  std::vector<double> counts =
      column_sums(x, rows, [](double value, std::size_t) { return std::isnan(value) ? 1.0 : 0.0; });
  for (double& count : counts) count = static_cast<double>(rows.size()) - count;
  return counts;
}

namespace {

template <class Samples>
std::vector<double> means_of(const Samples& x, std::span<const core::Index> rows) {
  std::vector<double> means = column_sums(x, rows, [](double value, std::size_t) { return value; });
  const std::vector<double> counts = present_counts(x, rows);
  for (std::size_t j = 0; j < means.size(); ++j) means[j] /= counts[j];
  return means;
}

}  // namespace

std::vector<double> column_means(const core::MatrixView& x, std::span<const core::Index> rows) {
  return means_of(x, rows);
}
std::vector<double> column_means(const core::SparseView& x, std::span<const core::Index> rows) {
  return means_of(x, rows);
}

namespace {

/// Where a quantile lies: so far behind the value at `before` towards the next one.
struct Place {
  std::size_t before;
  double beyond;  // in [0, 1)
};

Place place_of(std::size_t n_values, double q) {
  const double place = static_cast<double>(n_values - 1) * q;
  if (place >= static_cast<double>(n_values - 1)) return {n_values - 1, 0};
  const double before = std::floor(place);
  return {static_cast<std::size_t>(before), place - before};
}

double between(double a, double b, double t) { return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t; }

auto at(std::span<double> values, std::size_t i) { return values.begin() + static_cast<std::ptrdiff_t>(i); }

}  // namespace

double quantile(std::span<const double> ascending, double q) {
  if (ascending.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto [before, t] = place_of(ascending.size(), q);
  return before + 1 == ascending.size() ? ascending.back() : between(ascending[before], ascending[before + 1], t);
}

double quantile_of(std::span<double> values, double q) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto [before, t] = place_of(values.size(), q);
  std::nth_element(values.begin(), at(values, before), values.end());
  if (before + 1 == values.size()) return values[before];
  return between(values[before], *std::min_element(at(values, before + 1), values.end()), t);
}

double median_of(std::span<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const std::size_t h = values.size() / 2;
  std::nth_element(values.begin(), at(values, h), values.end());
  return ((values.size() % 2 == 1 ? values[h] : *std::max_element(values.begin(), at(values, h))) + values[h]) / 2;
}

double divisor(double spread) { return spread < 10 * std::numeric_limits<double>::epsilon() ? 1.0 : spread; }

}  // namespace gridmill::prepare
