#include "models/boosting/monotone_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace gridmill::models::boosting {

namespace {

constexpr std::size_t kRows = 64;
constexpr std::size_t kSweptValues = 32;

/// Up to `n` of them, evenly spread.
template <class T>
std::vector<T> some_of(std::span<const T> all, std::size_t n) {
  std::vector<T> some;
  const std::size_t count = std::min(n, all.size());
  for (std::size_t i = 0; i < count; ++i) some.push_back(all[i * all.size() / count]);
  return some;
}

std::vector<double> values_of(const core::MatrixView& x, std::span<const core::Index> rows, std::size_t feature) {
  std::vector<double> values;
  for (const core::Index row : rows) {
    const double value = x.sample(row)[feature];
    if (!std::isnan(value)) values.push_back(value);
  }
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return some_of<double>(values, kSweptValues);
}

/// Sums of 32-bit leaves may differ in their last bits.
bool is_clearly_less(float a, float b) { return a < b - 1e-5F * std::max(1.0F, std::abs(b)); }

}  // namespace

std::string broken_monotone_feature(const Booster& booster, const core::MatrixView& x,
                                    std::span<const core::Index> rows, std::span<const int> signs,
                                    std::span<const std::string> names) {
  const std::vector<core::Index> some = some_of<core::Index>(rows, kRows);
  for (std::size_t feature = 0; feature < signs.size(); ++feature) {
    if (signs[feature] == 0) continue;
    const std::vector<double> values = values_of(x, rows, feature);
    if (values.size() < 2) continue;
    core::Matrix swept(x.n_features, some.size() * values.size());
    for (std::size_t r = 0; r < some.size(); ++r) {
      for (std::size_t v = 0; v < values.size(); ++v) {
        const std::size_t column = r * values.size() + v;
        std::ranges::copy(x.sample(some[r]), swept.colptr(column));
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
        const bool breaks = signs[feature] > 0 ? is_clearly_less(after, before) : is_clearly_less(before, after);
        if (breaks) return names[feature];
      }
    }
  }
  return {};
}

}  // namespace gridmill::models::boosting
