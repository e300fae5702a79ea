#include "prepare/power_transform.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "core/numpy_sum.hpp"
#include "prepare/brent.hpp"
#include "prepare/column_statistics.hpp"
#include "prepare/saved_step.hpp"
#include "prepare/scale.hpp"

namespace gridmill::prepare {

namespace {

double yeo_johnson(double x, double power) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  if (x >= 0) return std::abs(power) < kEpsilon ? std::log1p(x) : (std::pow(x + 1, power) - 1) / power;
  const double other = 2 - power;
  return std::abs(other) > kEpsilon ? -(std::pow(-x + 1, other) - 1) / other : -std::log1p(-x);
}

/// How little values look like a normal distribution under a power: minus the logarithm of the likelihood.
///
/// (|x| + 1)^e is exp(e log(|x| + 1)): of many values the logarithms are taken once, for all powers. That rounds
/// otherwise than a power does, and the search for the least of a flat curve ends some 1e-8 from where it would; of few
/// values it goes scipy's way to the last bit.
class Unlikeliness {
 public:
  explicit Unlikeliness(std::span<const double> values) : values_(values), changed_(values.size()) {
    logarithm_.reserve(values.size());
    is_negative_.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      is_negative_.push_back(values[i] < 0 ? 1 : 0);
      logarithm_.push_back(std::log1p(std::abs(values[i])));
      changed_[i] = values[i] < 0 ? -logarithm_[i] : logarithm_[i];
    }
    logarithms_ = core::numpy_sum(changed_);
  }

  double operator()(double power) {
    const auto n = static_cast<double>(changed_.size());
    change(power);
    const double mean = core::numpy_sum(changed_) / n;
    for (double& value : changed_) value = (value - mean) * (value - mean);
    const double variance = core::numpy_sum(changed_) / n;
    if (variance < std::numeric_limits<double>::min()) return std::numeric_limits<double>::infinity();
    return -(-n / 2 * std::log(variance) + (power - 1) * logarithms_);
  }

 private:
  void change(double power) {
    constexpr std::size_t kFew = std::size_t{1} << 14U;
    if (values_.size() < kFew) {
      for (std::size_t i = 0; i < values_.size(); ++i) changed_[i] = yeo_johnson(values_[i], power);
      return;
    }
    constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
    const std::array<double, 2> exponent{power, 2 - power};  // of values from 0 on, and of those below
    const std::array<double, 2> divisor{exponent[0], -exponent[1]};
    const bool is_logarithm = std::abs(exponent[0]) < kEpsilon || std::abs(exponent[1]) <= kEpsilon;
    for (std::size_t i = 0; i < changed_.size(); ++i) {
      const std::size_t negative = is_negative_[i];
      const double e = exponent[negative];
      if (is_logarithm && std::abs(e) <= kEpsilon) {
        changed_[i] = negative == 0 ? logarithm_[i] : -logarithm_[i];
      } else {
        changed_[i] = (std::exp(e * logarithm_[i]) - 1) / divisor[negative];
      }
    }
  }

  std::span<const double> values_;
  std::vector<double> logarithm_;  // of |x| + 1
  std::vector<unsigned char> is_negative_;
  std::vector<double> changed_;
  double logarithms_ = 0;
};

double likeliest_power(std::span<const double> values) {
  if (values.empty()) return 1;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (*low == *high) return 1;
  Unlikeliness unlikeliness(values);
  return brent([&](double power) { return unlikeliness(power); }, -2, 2);
}

core::Matrix powers_of(const core::MatrixView& x, std::span<const core::Index> rows, const std::vector<double>& power) {
  core::Matrix out(power.size(), rows.size(), arma::fill::none);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::span<const double> row = x.sample(rows[i]);
    double* const changed = out.colptr(i);
    for (std::size_t j = 0; j < power.size(); ++j) changed[j] = yeo_johnson(row[j], power[j]);
  }
  return out;
}

class FittedPower final : public FittedStep {
 public:
  FittedPower(std::vector<double> power, Scaling scaling) : power_(std::move(power)), scaling_(std::move(scaling)) {}

  [[nodiscard]] core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const override {
    core::Matrix out = powers_of(frame.numbers, rows, power_);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      double* const changed = out.colptr(i);
      for (std::size_t j = 0; j < power_.size(); ++j) {
        changed[j] = (changed[j] - scaling_.offset[j]) / scaling_.scale[j];
      }
    }
    return out;
  }
  [[nodiscard]] core::ValueMapping to_value() const override {
    return {{"preprocessing", std::string(power_way().name)},
            {"power", list_of(power_)},
            {"offset", list_of(scaling_.offset)},
            {"scale", list_of(scaling_.scale)}};
  }

 private:
  std::vector<double> power_;  // by feature
  Scaling scaling_;
};

std::shared_ptr<const FittedStep> fit_power(const core::Frame& frame, const Lesson& lesson, const core::Params&) {
  std::vector<double> power;
  for_each_feature(frame.numbers, lesson.rows, [&](std::size_t /*feature*/, const std::vector<double>& values) {
    power.push_back(likeliest_power(values));
  });
  const core::Matrix changed = powers_of(frame.numbers, lesson.rows, power);
  std::vector<core::Index> rows(lesson.rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<core::Index>(i);
  return std::make_shared<FittedPower>(std::move(power), standardizing(changed, rows));
}

std::shared_ptr<const FittedStep> read_power(const core::Value& value, std::size_t n_features) {
  Scaling scaling{.offset = saved_numbers(value, "offset", n_features),
                  .scale = saved_numbers(value, "scale", n_features)};
  return std::make_shared<FittedPower>(saved_numbers(value, "power", n_features), std::move(scaling));
}

}  // namespace

PreprocessingWay power_way() { return {.name = "power", .fit = fit_power, .read = read_power}; }

}  // namespace gridmill::prepare
