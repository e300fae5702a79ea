#include "models/metrics/regression.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "core/numpy_sum.hpp"
#include "models/metrics/finite.hpp"
#include "models/metrics/median.hpp"

namespace gridmill::models {

namespace {

using Values = std::span<const double>;

/// Applies `metric` where every metric of this file is defined.
template <class Metric>
Score checked(Values truth, Values predicted, Metric metric) {
  if (!all_finite(truth)) return Score::undefined("the true targets contain NaN or infinity");
  if (!all_finite(predicted)) return Score::undefined("the predictions contain NaN or infinity");
  return metric();
}

Score averaged(Values errors, Values weight) {
  const double value = core::numpy_average(errors, weight);
  // Weights that sum to zero are the only way to NaN here; errors that overflow are infinite.
  return std::isnan(value) ? Score::undefined(kWeightsSumToZero) : Score{value, {}};
}

template <class Error>
std::vector<double> errors_of(Values truth, Values predicted, Error error) {
  std::vector<double> errors(truth.size());
  std::transform(truth.begin(), truth.end(), predicted.begin(), errors.begin(), error);
  return errors;
}

bool is_positive(double x) { return x > 0; }
double square(double x) { return x * x; }
double absolute_error(double truth, double predicted) { return std::abs(predicted - truth); }
double squared_error(double truth, double predicted) { return square(truth - predicted); }

/// 1 - numerator / denominator, kept finite when truth is constant.
Score share_explained(double numerator, double denominator) {
  if (denominator == 0) return {numerator == 0 ? 1.0 : 0.0, {}};
  return {numerator == 0 ? 1.0 : 1 - numerator / denominator, {}};
}

std::vector<double> log1p_of(Values values) {
  std::vector<double> out(values.size());
  std::transform(values.begin(), values.end(), out.begin(), [](double v) { return std::log1p(v); });
  return out;
}

}  // namespace

Score r2(Values truth, Values predicted, Values weight) {
  return checked(truth, predicted, [&]() -> Score {
    if (truth.size() < 2) return Score::undefined("R^2 is not defined for less than two samples");
    const double mean = core::numpy_average(truth, weight);
    if (std::isnan(mean)) return Score::undefined(kWeightsSumToZero);
    std::vector<double> residual = errors_of(truth, predicted, squared_error);
    std::vector<double> total(truth.size());
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const double w = weight.empty() ? 1.0 : weight[i];
      residual[i] *= w;
      total[i] = w * square(truth[i] - mean);
    }
    return share_explained(core::numpy_sum(residual), core::numpy_sum(total));
  });
}

Score explained_variance(Values truth, Values predicted, Values weight) {
  return checked(truth, predicted, [&]() -> Score {
    const auto variance = [&](std::vector<double> values) {
      const double mean = core::numpy_average(values, weight);
      for (double& value : values) value = square(value - mean);
      return core::numpy_average(values, weight);
    };
    const double unexplained = variance(errors_of(truth, predicted, std::minus<>()));
    if (std::isnan(unexplained)) return Score::undefined(kWeightsSumToZero);
    return share_explained(unexplained, variance({truth.begin(), truth.end()}));
  });
}

Score mean_squared_error(Values truth, Values predicted, Values weight) {
  return checked(truth, predicted, [&] { return averaged(errors_of(truth, predicted, squared_error), weight); });
}

Score root_mean_squared_error(Values truth, Values predicted, Values weight) {
  Score score = mean_squared_error(truth, predicted, weight);
  score.value = std::sqrt(score.value);
  return score;
}

Score mean_squared_log_error(Values truth, Values predicted, Values weight) {
  const auto negative = [](double v) { return v < 0; };
  if (std::any_of(truth.begin(), truth.end(), negative) || std::any_of(predicted.begin(), predicted.end(), negative)) {
    return Score::undefined("the mean squared logarithmic error takes no negative targets or predictions");
  }
  return mean_squared_error(log1p_of(truth), log1p_of(predicted), weight);
}

Score mean_poisson_deviance(Values truth, Values predicted, Values weight) {
  return checked(truth, predicted, [&]() -> Score {
    if (!std::ranges::all_of(truth, [](double v) { return v >= 0; }) || !std::ranges::all_of(predicted, is_positive)) {
      return Score::undefined("the Poisson deviance takes targets >= 0 and predictions > 0");
    }
    return averaged(errors_of(truth, predicted,
                              [](double y, double mean) {
                                const double logarithm = y == 0 ? 0.0 : y * std::log(y / mean);
                                return 2 * (logarithm - y + mean);
                              }),
                    weight);
  });
}

Score mean_gamma_deviance(Values truth, Values predicted, Values weight) {
  return checked(truth, predicted, [&]() -> Score {
    if (!std::ranges::all_of(truth, is_positive) || !std::ranges::all_of(predicted, is_positive)) {
      return Score::undefined("the gamma deviance takes targets > 0 and predictions > 0");
    }
    return averaged(
        errors_of(truth, predicted, [](double y, double mean) { return 2 * (std::log(mean / y) + y / mean - 1); }),
        weight);
  });
}

Score mean_absolute_error(Values truth, Values predicted, Values weight) {
  return checked(truth, predicted, [&] { return averaged(errors_of(truth, predicted, absolute_error), weight); });
}

Score median_absolute_error(Values truth, Values predicted, Values weight) {
  return checked(truth, predicted, [&]() -> Score {
    std::vector<double> errors = errors_of(truth, predicted, absolute_error);
    return {weight.empty() ? median(std::move(errors)) : weighted_median(errors, weight), {}};
  });
}

Score mean_absolute_percentage_error(Values truth, Values predicted, Values weight) {
  const auto error = [](double t, double p) {
    return absolute_error(t, p) / std::max(std::abs(t), std::numeric_limits<double>::epsilon());
  };
  return checked(truth, predicted, [&] { return averaged(errors_of(truth, predicted, error), weight); });
}

Score max_error(Values truth, Values predicted) {
  return checked(truth, predicted, [&]() -> Score {
    const std::vector<double> errors = errors_of(truth, predicted, absolute_error);
    return {*std::max_element(errors.begin(), errors.end()), {}};
  });
}

}  // namespace gridmill::models
