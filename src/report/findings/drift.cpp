#include "report/findings/drift.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace gridmill::report {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::vector<double> sorted_values(std::span<const double> values) {
  std::vector<double> finite;
  std::ranges::copy_if(values, std::back_inserter(finite), [](double value) { return std::isfinite(value); });
  std::ranges::sort(finite);
  return finite;
}

double mean_of(const std::vector<double>& values) {
  if (values.empty()) return kNone;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double share_of(std::size_t n, std::size_t of) { return static_cast<double>(n) / static_cast<double>(of); }

/// Walks along both sorted lists; `n_a`, `n_b` rows, of which those without a value come first.
double greatest_distance(const std::vector<double>& a, std::size_t n_a, const std::vector<double>& b, std::size_t n_b) {
  std::size_t i = 0;
  std::size_t j = 0;
  double greatest = 0;
  while (true) {
    const double shares = share_of(n_a - a.size() + i, n_a) - share_of(n_b - b.size() + j, n_b);
    greatest = std::max(greatest, std::abs(shares));
    if (i == a.size() && j == b.size()) return greatest;
    const double value = i == a.size() ? b[j] : j == b.size() ? a[i] : std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= value) ++i;
    while (j < b.size() && b[j] <= value) ++j;
  }
}

void count_bars(const std::vector<double>& values, const Drift& drift, std::vector<std::int64_t>& bars) {
  for (const double value : values) {
    const double place = (value - drift.low) / drift.width;
    ++bars[place < static_cast<double>(bars.size()) ? static_cast<std::size_t>(place) : bars.size() - 1];
  }
}

}  // namespace

Drift drift(std::span<const double> before, std::span<const double> after, std::size_t n_bars) {
  const std::vector<double> a = sorted_values(before);
  const std::vector<double> b = sorted_values(after);
  Drift drift{.mean_before = mean_of(a),
              .mean_after = mean_of(b),
              .width = 1,
              .before = std::vector<std::int64_t>(n_bars, 0),
              .after = std::vector<std::int64_t>(n_bars, 0)};
  if (before.empty() || after.empty()) {
    drift.distance = kNone;
    return drift;
  }
  drift.distance = greatest_distance(a, before.size(), b, after.size());
  drift.missing_before = share_of(before.size() - a.size(), before.size());
  drift.missing_after = share_of(after.size() - b.size(), after.size());
  if (a.empty() && b.empty()) return drift;
  drift.low = a.empty() ? b.front() : b.empty() ? a.front() : std::min(a.front(), b.front());
  const double high = a.empty() ? b.back() : b.empty() ? a.back() : std::max(a.back(), b.back());
  const double width = (high - drift.low) / static_cast<double>(n_bars);
  // So far apart that their difference is no number, or so near that it is none: one bar.
  if (width > 0 && std::isfinite(width)) drift.width = width;
  count_bars(a, drift, drift.before);
  count_bars(b, drift, drift.after);
  return drift;
}

Drift drift_of_names(std::span<const std::int32_t> before, std::span<const std::int32_t> after, std::size_t n_codes) {
  Drift drift{.mean_before = kNone, .mean_after = kNone, .width = 1};
  if (before.empty() || after.empty()) {
    drift.distance = kNone;
    return drift;
  }
  const auto shares = [n_codes](std::span<const std::int32_t> codes) {
    std::vector<double> n(n_codes + 1, 0);
    for (const std::int32_t code : codes) {
      const bool is_known = code >= 0 && static_cast<std::size_t>(code) < n_codes;
      n[is_known ? static_cast<std::size_t>(code) : n_codes] += 1;
    }
    for (double& each : n) each /= static_cast<double>(codes.size());
    return n;
  };
  const std::vector<double> a = shares(before);
  const std::vector<double> b = shares(after);
  for (std::size_t code = 0; code <= n_codes; ++code) drift.distance += std::abs(a[code] - b[code]) / 2;
  drift.missing_before = a.back();
  drift.missing_after = b.back();
  return drift;
}

}  // namespace gridmill::report
