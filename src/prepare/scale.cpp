#include "prepare/scale.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "prepare/column_statistics.hpp"
#include "prepare/saved_step.hpp"

namespace gridmill::prepare {

namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

// Source: MinMaxScaler.fit.
Scaling minmax(const core::MatrixView& x, std::span<const core::Index> rows) {
  Scaling out{.offset = std::vector<double>(x.n_features, kMissing),
              .scale = std::vector<double>(x.n_features, kMissing)};
  for_each_feature(x, rows, [&](std::size_t j, const std::vector<double>& values) {
    if (values.empty()) return;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double range = *high - *low;
    out.scale[j] = 1.0 / divisor(range);
    out.offset[j] = 0.0 - *low * out.scale[j];
  });
  return out;
}

// Source: RobustScaler.fit.
Scaling robust(const core::MatrixView& x, std::span<const core::Index> rows) {
  Scaling out;
  for_each_feature(x, rows, [&](std::size_t /*feature*/, std::vector<double>& values) {
    out.offset.push_back(median_of(values));
    out.scale.push_back(divisor(quantile_of(values, 0.75) - quantile_of(values, 0.25)));
  });
  return out;
}

// Source: MaxAbsScaler.fit.
Scaling max_abs(const core::MatrixView& x, std::span<const core::Index> rows) {
  Scaling out;
  for_each_feature(x, rows, [&](std::size_t /*feature*/, const std::vector<double>& values) {
    double greatest = kMissing;
    for (const double value : values) greatest = std::fmax(greatest, std::abs(value));
    out.offset.push_back(0);
    out.scale.push_back(divisor(greatest));
  });
  return out;
}

class FittedScale final : public FittedStep {
 public:
  FittedScale(std::string how, Scaling scaling)
      : how_(std::move(how)), is_minmax_(how_ == "minmax"), scaling_(std::move(scaling)) {}

  [[nodiscard]] core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const override {
    const auto& [offset, scale] = scaling_;
    core::Matrix out(scale.size(), rows.size(), arma::fill::none);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::span<const double> row = frame.numbers.sample(rows[i]);
      double* const scaled = out.colptr(i);
      if (is_minmax_) {
        for (std::size_t j = 0; j < scale.size(); ++j) scaled[j] = row[j] * scale[j] + offset[j];
      } else {
        for (std::size_t j = 0; j < scale.size(); ++j) scaled[j] = (row[j] - offset[j]) / scale[j];
      }
    }
    return out;
  }
  [[nodiscard]] core::ValueMapping to_value() const override {
    return {{"preprocessing", how_}, {"offset", list_of(scaling_.offset)}, {"scale", list_of(scaling_.scale)}};
  }

 private:
  std::string how_;
  bool is_minmax_;
  Scaling scaling_;
};

std::shared_ptr<const FittedStep> read_scale(const core::Value& value, std::size_t n_features) {
  Scaling scaling{.offset = saved_numbers(value, "offset", n_features),
                  .scale = saved_numbers(value, "scale", n_features)};
  return std::make_shared<FittedScale>(saved_entry(value, "preprocessing").text(), std::move(scaling));
}

/// A way by what learns its numbers.
template <Scaling (*learn)(const core::MatrixView&, std::span<const core::Index>)>
PreprocessingWay way_by(std::string_view name) {
  static const std::string how(name);  // one for each `learn`
  return {.name = name,
          .fit = [](const core::Frame& frame, const Lesson& lesson,
                    const core::Params&) -> std::shared_ptr<const FittedStep> {
            return std::make_shared<FittedScale>(how, learn(frame.numbers, lesson.rows));
          },
          .read = read_scale};
}

}  // namespace

// Source: StandardScaler.fit: _incremental_mean_and_var from nothing, _is_constant_feature, _handle_zeros_in_scale.
Scaling standardizing(const core::MatrixView& x, std::span<const core::Index> rows) {
  Scaling out{.offset = column_means(x, rows), .scale = {}};
  const auto deviation = [&](double value, std::size_t j) { return value - out.offset[j]; };
  const auto square = [&](double value, std::size_t j) { return deviation(value, j) * deviation(value, j); };
  const std::vector<double> counts = present_counts(x, rows);
  const std::vector<double> correction = column_sums(x, rows, deviation);
  out.scale = column_sums(x, rows, square);
  for (std::size_t j = 0; j < out.scale.size(); ++j) {
    const double n = counts[j];
    const double variance = (out.scale[j] - correction[j] * correction[j] / n) / n;
    const double noise = n * out.offset[j] * kEpsilon;
    const bool constant = variance <= n * kEpsilon * variance + noise * noise;
    out.scale[j] = constant ? 1.0 : std::sqrt(variance);
  }
  return out;
}

PreprocessingWay standardize_way() { return way_by<standardizing>("standardize"); }
PreprocessingWay minmax_way() { return way_by<minmax>("minmax"); }
PreprocessingWay robust_way() { return way_by<robust>("robust"); }
PreprocessingWay max_abs_way() { return way_by<max_abs>("max_abs"); }

}  // namespace gridmill::prepare
