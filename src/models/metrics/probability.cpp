#include "models/metrics/probability.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/numpy_sum.hpp"
#include "models/metrics/confusion.hpp"
#include "models/metrics/finite.hpp"

namespace gridmill::models {

namespace {

double clipped(double probability) {
  constexpr double kSmallest = std::numeric_limits<double>::epsilon();
  return std::clamp(probability, kSmallest, 1 - kSmallest);
}

/// Shapes: `clipped_probability` is labels x n.
Score mean_log_loss(std::span<const double> truth, const core::Matrix& clipped_probability,
                    std::span<const double> weight) {
  const std::vector<std::size_t> labels = present_labels(truth);
  if (labels.size() == 1) return Score::undefined("only one class occurs in truth, log loss is not defined then");
  if (labels.size() != clipped_probability.n_rows) {
    return Score::undefined("the number of classes in truth differs from the number of classes in training");
  }
  std::vector<double> loss(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const auto label = std::lower_bound(labels.begin(), labels.end(), static_cast<std::size_t>(truth[i]));
    const double* p = clipped_probability.colptr(i);
    loss[i] = -std::log(p[label - labels.begin()] / core::numpy_sum({p, labels.size()}));
  }
  const double value = core::numpy_average(loss, weight);
  return std::isnan(value) ? Score::undefined(kWeightsSumToZero) : Score{value, {}};
}

}  // namespace

Score log_loss(std::span<const double> truth, const core::Matrix& probability, std::span<const double> weight) {
  if (!all_finite({probability.memptr(), probability.n_elem})) {
    return Score::undefined("the probabilities contain NaN");
  }
  core::Matrix clipped_probability = probability;
  clipped_probability.transform(clipped);
  return mean_log_loss(truth, clipped_probability, weight);
}

Score binary_log_loss(std::span<const double> truth, std::span<const double> probability,
                      std::span<const double> weight) {
  if (!all_finite(probability)) return Score::undefined("the probabilities contain NaN");
  core::Matrix both(2, probability.size());
  for (std::size_t i = 0; i < probability.size(); ++i) {
    both(1, i) = clipped(probability[i]);
    both(0, i) = 1 - both(1, i);  // from the clipped one, as scikit-learn does
  }
  return mean_log_loss(truth, both, weight);
}

Score brier_loss(std::span<const double> truth, std::span<const double> probability, std::span<const double> weight,
                 std::size_t positive) {
  if (!all_finite(probability)) return Score::undefined("the probabilities contain NaN");
  if (present_labels(truth).size() > 2) return Score::undefined("only binary classification has a Brier score");
  std::vector<double> square(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double is_positive = truth[i] == static_cast<double>(positive) ? 1.0 : 0.0;
    square[i] = (is_positive - probability[i]) * (is_positive - probability[i]);
  }
  const double value = core::numpy_average(square, weight);
  return std::isnan(value) ? Score::undefined(kWeightsSumToZero) : Score{value, {}};
}

}  // namespace gridmill::models
