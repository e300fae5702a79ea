#include "prepare/column_statistics.hpp"

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

std::vector<double> column_means(const core::MatrixView& x, std::span<const core::Index> rows) {
  std::vector<double> means = column_sums(x, rows, [](double value, std::size_t) { return value; });
  const std::vector<double> counts = present_counts(x, rows);
  for (std::size_t j = 0; j < means.size(); ++j) means[j] /= counts[j];
  return means;
}

double quantile(std::span<const double> ascending, double q) {
  if (ascending.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double place = static_cast<double>(ascending.size() - 1) * q;
  if (place >= static_cast<double>(ascending.size() - 1)) return ascending.back();
  const double before = std::floor(place);
  const double t = place - before;
  const double a = ascending[static_cast<std::size_t>(before)];
  const double b = ascending[static_cast<std::size_t>(before) + 1];
  return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t;
}

double median(std::span<const double> ascending) {
  if (ascending.empty()) return std::numeric_limits<double>::quiet_NaN();
  const std::size_t h = ascending.size() / 2;
  return (ascending[ascending.size() % 2 == 1 ? h : h - 1] + ascending[h]) / 2;
}

double divisor(double spread) { return spread < 10 * std::numeric_limits<double>::epsilon() ? 1.0 : spread; }

}  // namespace gridmill::prepare
