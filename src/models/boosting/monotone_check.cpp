#include "models/boosting/monotone_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace gridmill::models::boosting {

namespace {

constexpr std::size_t kRows = 64;
constexpr std::size_t kSweptValues = 32;
constexpr std::size_t kSweptNumbers = std::size_t{1} << 22;  // in memory at once: 32 MiB

/// Up to `n` of them, evenly spread.
template <class T>
std::vector<T> some_of(std::span<const T> all, std::size_t n) {
  std::vector<T> some;
  const std::size_t count = std::min(n, all.size());
  for (std::size_t i = 0; i < count; ++i) some.push_back(all[i * all.size() / count]);
  return some;
}

std::vector<double> some_known(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return some_of<double>(values, kSweptValues);
}

/// Those that occur of a feature, missing ones left out: each once, ascending, some of them.
std::vector<double> values_of(const core::MatrixView& x, std::span<const core::Index> rows, std::size_t feature) {
  std::vector<double> values;
  for (const core::Index row : rows) values.push_back(x.sample(row)[feature]);
  return some_known(std::move(values));
}

std::vector<double> values_of(const core::SparseView& x, std::span<const core::Index> rows, std::size_t feature) {
  std::vector<double> values;
  for (const core::Index row : rows) {
    const core::SparseSample sample = x.sample(row);
    const auto found = std::ranges::lower_bound(sample.feature, feature);
    if (found == sample.feature.end() || *found != feature) continue;
    values.push_back(sample.value[static_cast<std::size_t>(found - sample.feature.begin())]);
  }
  return some_known(std::move(values));
}

void copy_sample(const core::MatrixView& x, core::Index row, double* to) { std::ranges::copy(x.sample(row), to); }

void copy_sample(const core::SparseView& x, core::Index row, double* to) {
  std::fill_n(to, x.n_features, std::numeric_limits<double>::quiet_NaN());
  const core::SparseSample sample = x.sample(row);
  for (std::size_t i = 0; i < sample.feature.size(); ++i) to[sample.feature[i]] = sample.value[i];
}

/// Sums of 32-bit leaves may differ in their last bits.
bool is_clearly_less(float a, float b) { return a < b - 1e-5F * std::max(1.0F, std::abs(b)); }

/// Whether the margin goes the wrong way when the feature alone goes through the values, for one of the rows.
template <class Samples>
bool breaks(const Booster& booster, const Samples& x, std::span<const core::Index> rows, std::size_t feature,
            std::span<const double> values, int sign) {
  core::Matrix swept(x.n_features, rows.size() * values.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t v = 0; v < values.size(); ++v) {
      const std::size_t column = r * values.size() + v;
      copy_sample(x, rows[r], swept.colptr(column));
      swept(feature, column) = values[v];
    }
  }
  const SampleMatrix samples{core::MatrixView(swept)};
  const BoosterOutput margins = booster.predict(samples, Predicted::margin);
  for (std::size_t i = 1; i < swept.n_cols; ++i) {
    if (i % values.size() == 0) continue;  // another row's first value
    for (std::size_t w = 0; w < margins.width; ++w) {
      const float before = margins.sample(i - 1)[w];
      const float after = margins.sample(i)[w];
      if (sign > 0 ? is_clearly_less(after, before) : is_clearly_less(before, after)) return true;
    }
  }
  return false;
}

template <class Samples>
std::string broken_feature(const Booster& booster, const Samples& x, std::span<const core::Index> rows,
                           std::span<const int> signs, std::span<const std::string> names) {
  const std::vector<core::Index> some = some_of<core::Index>(rows, kRows);
  for (std::size_t feature = 0; feature < signs.size(); ++feature) {
    if (signs[feature] == 0) continue;
    const std::vector<double> values = values_of(x, rows, feature);
    if (values.size() < 2) continue;
    // Wide samples are swept a few at a time.
    const std::size_t n_at_once = std::max<std::size_t>(1, kSweptNumbers / (x.n_features * values.size()));
    for (std::size_t first = 0; first < some.size(); first += n_at_once) {
      const auto rows_now = std::span(some).subspan(first, std::min(n_at_once, some.size() - first));
      if (breaks(booster, x, rows_now, feature, values, signs[feature])) return names[feature];
    }
  }
  return {};
}

}  // namespace

std::string broken_monotone_feature(const Booster& booster, const core::MatrixView& x,
                                    std::span<const core::Index> rows, std::span<const int> signs,
                                    std::span<const std::string> names) {
  return broken_feature(booster, x, rows, signs, names);
}

std::string broken_monotone_feature(const Booster& booster, const core::SparseView& x,
                                    std::span<const core::Index> rows, std::span<const int> signs,
                                    std::span<const std::string> names) {
  return broken_feature(booster, x, rows, signs, names);
}

}  // namespace gridmill::models::boosting
