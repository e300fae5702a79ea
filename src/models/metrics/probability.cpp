#include "models/metrics/probability.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "core/numpy_sum.hpp"
#include "models/metrics/confusion.hpp"
#include "models/metrics/finite.hpp"

namespace gridmill::models {

namespace {

template <class Float>
Float clipped(Float probability) {
  constexpr Float kSmallest = std::numeric_limits<Float>::epsilon();
  return std::clamp(probability, kSmallest, 1 - kSmallest);
}

/// The clipped probability of the class `label` as its share of their sum, in the bits of Float.
template <class Float>
double share(std::span<const double> probability, std::size_t label) {
  if constexpr (std::is_same_v<Float, double>) {
    return probability[label] / core::numpy_sum(probability);
  } else {
    Float sum = 0;
    for (const double p : probability) sum += static_cast<Float>(p);
    return static_cast<double>(static_cast<Float>(probability[label]) / sum);
  }
}

/// Shapes: `clipped_probability` is labels x n.
template <class Float>
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
    const std::span<const double> p(clipped_probability.colptr(i), labels.size());
    loss[i] = -std::log(share<Float>(p, static_cast<std::size_t>(label - labels.begin())));
  }
  const double value = core::numpy_average(loss, weight);
  return std::isnan(value) ? Score::undefined(kWeightsSumToZero) : Score{value, {}};
}

template <class Float>
Score log_loss_in(std::span<const double> truth, const core::Matrix& probability, std::span<const double> weight) {
  core::Matrix clipped_probability = probability;
  clipped_probability.transform([](double p) { return static_cast<double>(clipped(static_cast<Float>(p))); });
  return mean_log_loss<Float>(truth, clipped_probability, weight);
}

template <class Float>
Score binary_log_loss_in(std::span<const double> truth, std::span<const double> probability,
                         std::span<const double> weight) {
  core::Matrix both(2, probability.size());
  for (std::size_t i = 0; i < probability.size(); ++i) {
    const Float greater = clipped(static_cast<Float>(probability[i]));
    both(1, i) = static_cast<double>(greater);
    both(0, i) = static_cast<double>(1 - greater);  // from the clipped one, as scikit-learn does
  }
  return mean_log_loss<Float>(truth, both, weight);
}

}  // namespace

Score log_loss(std::span<const double> truth, const core::Matrix& probability, std::span<const double> weight,
               Precision precision) {
  if (!all_finite({probability.memptr(), probability.n_elem})) {
    return Score::undefined("the probabilities contain NaN");
  }
  return precision == Precision::single_ ? log_loss_in<float>(truth, probability, weight)
                                         : log_loss_in<double>(truth, probability, weight);
}

Score binary_log_loss(std::span<const double> truth, std::span<const double> probability,
                      std::span<const double> weight, Precision precision) {
  if (!all_finite(probability)) return Score::undefined("the probabilities contain NaN");
  return precision == Precision::single_ ? binary_log_loss_in<float>(truth, probability, weight)
                                         : binary_log_loss_in<double>(truth, probability, weight);
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
