#include "prepare/quantile_transform.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/numpy_random.hpp"
#include "prepare/column_statistics.hpp"
#include "prepare/normal_quantiles.hpp"
#include "prepare/saved_step.hpp"

namespace gridmill::prepare {

namespace {

constexpr std::size_t kMostQuantiles = 1000;
constexpr std::size_t kMostRows = 10'000;

/// Source: numpy.linspace(0, 1, n).
std::vector<double> shares(std::size_t n) {
  std::vector<double> out(n, 0.0);
  if (n == 1) return out;
  const double step = 1.0 / static_cast<double>(n - 1);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<double>(i) * step;
  out.back() = 1;
  return out;
}

/// Returns the place of the last number that is not above `x`; the first is not. Without a branch: what comes next is
/// not to be guessed.
std::size_t last_not_above(double x, std::span<const double> ascending) {
  const double* first = ascending.data();
  for (std::size_t n = ascending.size(); n > 1;) {
    const std::size_t half = n / 2;
    first += first[half] <= x ? half : 0;
    n -= half;
  }
  return static_cast<std::size_t>(first - ascending.data());
}

/// A share, which lies between number `place` of a list and the next.
struct Share {
  double value = 0;
  std::size_t place = 0;
};

/// Returns the share of `x`, which is not before the first quantile, in the curve through (quantile, share); where it
/// equals several quantiles, the middle of the first and the last of them. Source: the mean of two numpy.interp, one of
/// the curve mirrored at 0, operation by operation.
Share interpolate(double x, std::span<const double> quantiles, std::span<const double> shares) {
  const std::size_t j = last_not_above(x, quantiles);
  if (quantiles[j] == x) {
    const std::span<const double> before = quantiles.first(j);
    const auto first = static_cast<std::size_t>(std::ranges::lower_bound(before, x) - before.begin());
    return {.value = 0.5 * (shares[j] + shares[first]), .place = (first + j) / 2};
  }
  const double slope = (shares[j + 1] - shares[j]) / (quantiles[j + 1] - quantiles[j]);
  const double upwards = slope * (x - quantiles[j]) + shares[j];
  const double downwards = slope * (quantiles[j + 1] - x) - shares[j + 1];
  return {.value = 0.5 * (upwards - downwards), .place = j};
}

class FittedQuantiles final : public FittedStep {
 public:
  FittedQuantiles(bool normal, std::vector<std::vector<double>> quantiles)
      : normal_(normal),
        quantiles_(std::move(quantiles)),
        shares_(shares(quantiles_.front().size())),
        normal_quantiles_(normal ? std::span<const double>(shares_) : std::span<const double>()) {}

  [[nodiscard]] core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const override {
    core::Matrix out(quantiles_.size(), rows.size(), arma::fill::none);
    for (std::size_t j = 0; j < quantiles_.size(); ++j) {  // whose quantiles stay in the cache
      for (std::size_t i = 0; i < rows.size(); ++i) {
        out(j, i) = changed(frame.numbers.sample(rows[i])[j], quantiles_[j]);
      }
    }
    return out;
  }
  [[nodiscard]] std::size_t numbers_a_feature() const override { return shares_.size(); }
  [[nodiscard]] core::ValueMapping to_value() const override {
    core::ValueList all;
    for (const std::vector<double>& of_feature : quantiles_) all.push_back(list_of(of_feature));
    return {{"preprocessing", std::string((normal_ ? quantile_normal_way() : quantile_uniform_way()).name)},
            {"quantiles", std::move(all)}};
  }

 private:
  // Source: QuantileTransformer._transform_col.
  [[nodiscard]] double changed(double x, const std::vector<double>& quantiles) const {
    constexpr double kNear = 1e-7;
    if (std::isnan(x) || std::isnan(quantiles.front())) return std::numeric_limits<double>::quiet_NaN();
    const bool is_least = normal_ ? x - kNear < quantiles.front() : x == quantiles.front();
    const bool is_greatest = normal_ ? x + kNear > quantiles.back() : x == quantiles.back();
    if (is_least || x < quantiles.front()) return normal_ ? deviations({.value = 0}) : shares_.front();
    if (is_greatest || x > quantiles.back()) return normal_ ? deviations({.value = 1}) : shares_.back();
    const Share share = interpolate(x, quantiles, shares_);
    return normal_ ? deviations(share) : share.value;
  }

  /// Those of 0 and 1 are infinite.
  [[nodiscard]] double deviations(Share share) const {
    static const double least = normal_quantile(1e-7 - std::numeric_limits<double>::epsilon());
    static const double greatest = normal_quantile(1 - (1e-7 - std::numeric_limits<double>::epsilon()));
    if (share.value <= 0) return least;
    if (share.value >= 1) return greatest;
    return std::clamp(normal_quantiles_.at(share.value, share.place), least, greatest);
  }

  bool normal_;
  std::vector<std::vector<double>> quantiles_;  // by feature; NaN: it has no value to learn from
  std::vector<double> shares_;
  NormalQuantiles normal_quantiles_;  // of them
};

/// The rows that quantiles are learnt from; `random` goes on from feature to feature.
std::vector<core::Index> drawn_rows(std::span<const core::Index> rows, core::NumpyRandom& random) {
  if (rows.size() <= kMostRows) return {rows.begin(), rows.end()};
  std::vector<std::size_t> order = random.permutation(rows.size());
  std::vector<core::Index> drawn;
  for (std::size_t i = 0; i < kMostRows; ++i) drawn.push_back(rows[order[i]]);
  return drawn;
}

std::shared_ptr<const FittedStep> fit_quantiles(bool normal, const core::Frame& frame, const Lesson& lesson) {
  const std::vector<double> at = shares(std::min(kMostQuantiles, lesson.rows.size()));
  core::NumpyRandom random(lesson.labels.seed);
  std::vector<std::vector<double>> quantiles;
  for (std::size_t j = 0; j < frame.numbers.n_features; ++j) {
    std::vector<double> values = present_values(frame.numbers, drawn_rows(lesson.rows, random), j);
    std::sort(values.begin(), values.end());
    std::vector<double>& of_feature = quantiles.emplace_back();
    // As percentages, which numpy divides by 100 again.
    for (const double share : at) of_feature.push_back(quantile(values, share * 100 / 100));
    for (std::size_t i = 1; i < of_feature.size(); ++i) of_feature[i] = std::max(of_feature[i - 1], of_feature[i]);
  }
  return std::make_shared<FittedQuantiles>(normal, std::move(quantiles));
}

std::shared_ptr<const FittedStep> read_quantiles(bool normal, const core::Value& value, std::size_t n_features) {
  const core::Value& saved = saved_entry(value, "quantiles");
  if (!saved.is_list() || saved.list().size() != n_features || n_features == 0) {
    reject_saved("quantiles must be a list for each feature");
  }
  std::vector<std::vector<double>> quantiles;
  for (const core::Value& of_feature : saved.list()) {
    quantiles.push_back(saved_numbers(core::ValueMapping{{"quantiles", of_feature}}, "quantiles"));
    const std::vector<double>& last = quantiles.back();
    const bool fits = !last.empty() && last.size() == quantiles.front().size() &&
                      (std::isnan(last.front()) || std::ranges::is_sorted(last));
    if (!fits) reject_saved("quantiles must ascend, as many for each feature");
  }
  return std::make_shared<FittedQuantiles>(normal, std::move(quantiles));
}

template <bool normal>
PreprocessingWay way_to(std::string_view name) {
  return {.name = name,
          .fit = [](const core::Frame& frame, const Lesson& lesson,
                    const core::Params&) { return fit_quantiles(normal, frame, lesson); },
          .read = [](const core::Value& value, std::size_t n) { return read_quantiles(normal, value, n); }};
}

}  // namespace

PreprocessingWay quantile_uniform_way() { return way_to<false>("quantile_uniform"); }
PreprocessingWay quantile_normal_way() { return way_to<true>("quantile_normal"); }

}  // namespace gridmill::prepare
