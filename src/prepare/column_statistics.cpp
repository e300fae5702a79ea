#include "prepare/column_statistics.hpp"

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

}  // namespace gridmill::prepare
