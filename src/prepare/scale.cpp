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

/// One entry a feature.
struct Scaling {
  std::vector<double> offset;
  std::vector<double> scale;
};

// Source: StandardScaler.fit: _incremental_mean_and_var from nothing, _is_constant_feature, _handle_zeros_in_scale.
Scaling standardize(const core::MatrixView& x, std::span<const core::Index> rows) {
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

// Source: MinMaxScaler.fit.
Scaling minmax(const core::MatrixView& x, std::span<const core::Index> rows) {
  Scaling out{.offset = std::vector<double>(x.n_features, kMissing),
              .scale = std::vector<double>(x.n_features, kMissing)};
  for (std::size_t j = 0; j < x.n_features; ++j) {
    const std::vector<double> values = present_values(x, rows, j);
    if (values.empty()) continue;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double range = *high - *low;
    out.scale[j] = 1.0 / (range < 10 * kEpsilon ? 1.0 : range);
    out.offset[j] = 0.0 - *low * out.scale[j];
  }
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
    return {{scale_kind().options.front().name, how_},
            {"offset", list_of(scaling_.offset)},
            {"scale", list_of(scaling_.scale)}};
  }

 private:
  std::string how_;
  bool is_minmax_;
  Scaling scaling_;
};

class Scale final : public Step {
 public:
  explicit Scale(std::string how) : how_(std::move(how)) {}

  [[nodiscard]] std::shared_ptr<const FittedStep> fit(const core::Frame& frame, const Lesson& lesson) const override {
    return std::make_shared<FittedScale>(
        how_, how_ == "minmax" ? minmax(frame.numbers, lesson.rows) : standardize(frame.numbers, lesson.rows));
  }

 private:
  std::string how_;
};

std::unique_ptr<Step> make_scale(const core::Params& params) {
  const std::string& how = scale_kind().value_of(params, "preprocessing").text();
  return how == "none" ? nullptr : std::make_unique<Scale>(how);
}

std::shared_ptr<const FittedStep> read_scale(const core::Value& value, std::size_t n_features) {
  Scaling scaling{.offset = saved_numbers(value, "offset", n_features),
                  .scale = saved_numbers(value, "scale", n_features)};
  return std::make_shared<FittedScale>(saved_choice(value, scale_kind().options.front()), std::move(scaling));
}

}  // namespace

const StepKind& scale_kind() {
  static const StepKind kind{
      .options = {{.name = "preprocessing",
                   .kinds = {core::Kind::text},
                   .default_value = "none",
                   .range = {},
                   .choices = {"none", "standardize", "minmax"},
                   .meaning = "How features are scaled, learnt from the training rows: standardize gives mean 0 and "
                              "variance 1, minmax gives [0, 1]."}},
      .make = make_scale,
      .read = read_scale};
  return kind;
}

}  // namespace gridmill::prepare
