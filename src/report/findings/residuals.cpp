#include "report/findings/residuals.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gridmill::report {

namespace {

constexpr std::size_t kBands = 10;
constexpr double kTail = 0.1;

/// The value below which that share lies, between neighbours linearly; `sorted` is not empty.
double quantile(std::span<const double> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

ResidualBand band(std::span<const std::pair<double, double>> rows) {
  std::vector<double> left;
  double sum = 0;
  for (const auto& [predicted, residual] : rows) {
    sum += predicted;
    left.push_back(residual);
  }
  std::ranges::sort(left);
  return {.predicted = sum / static_cast<double>(rows.size()),
          .low = quantile(left, kTail),
          .median = quantile(left, 0.5),
          .high = quantile(left, 1 - kTail)};
}

}  // namespace

Residuals residuals(std::span<const double> truth, std::span<const double> predicted, std::size_t n_bars) {
  std::vector<std::pair<double, double>> rows;  // prediction, residual
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double residual = truth[i] - predicted[i];
    if (std::isfinite(residual)) rows.emplace_back(predicted[i], residual);
  }
  Residuals all{.n = rows.size(), .counts = std::vector<std::size_t>(n_bars, 0)};
  if (rows.empty()) return {.width = 1, .counts = std::move(all.counts)};
  const auto [least, greatest] = std::ranges::minmax_element(rows, {}, &std::pair<double, double>::second);
  all.low = least->second;
  const double span = greatest->second - all.low;
  all.width = span > 0 ? span / static_cast<double>(n_bars) : 1;
  for (const auto& [prediction, residual] : rows) {
    const auto bar = static_cast<std::size_t>((residual - all.low) / all.width);
    ++all.counts[std::min(bar, n_bars - 1)];
  }
  std::ranges::sort(rows);
  const std::size_t n_bands = std::min(kBands, rows.size());
  for (std::size_t b = 0; b < n_bands; ++b) {
    const std::size_t begin = rows.size() * b / n_bands;
    const std::size_t end = rows.size() * (b + 1) / n_bands;
    all.bands.push_back(band(std::span(rows).subspan(begin, end - begin)));
  }
  return all;
}

}  // namespace gridmill::report
