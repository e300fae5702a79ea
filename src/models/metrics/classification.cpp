#include "models/metrics/classification.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/numpy_sum.hpp"

namespace gridmill::models {

Score accuracy(std::span<const double> truth, std::span<const double> predicted, std::span<const double> weight) {
  std::vector<double> right(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) right[i] = truth[i] == predicted[i] ? 1.0 : 0.0;
  const double value = core::numpy_average(right, weight);
  return std::isnan(value) ? Score::undefined(kWeightsSumToZero) : Score{value, {}};
}

Score balanced_accuracy(std::span<const double> truth, std::span<const double> predicted,
                        std::span<const double> weight) {
  const ConfusionMatrix matrix = confusion_matrix(truth, predicted, weight);
  const std::size_t k = matrix.labels.size();
  std::vector<double> recall;
  for (std::size_t i = 0; i < k; ++i) {
    const double total = core::numpy_sum(std::span(matrix.counts).subspan(i * k, k));
    if (total != 0) recall.push_back(matrix.at(i, i) / total);
  }
  if (recall.empty()) return Score::undefined(kWeightsSumToZero);
  return {core::numpy_average(recall, {}),
          recall.size() < k ? "the predictions contain classes that are not in truth" : ""};
}

Score matthews_corrcoef(std::span<const double> truth, std::span<const double> predicted,
                        std::span<const double> weight) {
  const ConfusionMatrix matrix = confusion_matrix(truth, predicted, weight);
  const std::size_t k = matrix.labels.size();
  std::vector<double> true_sum(k);
  std::vector<double> predicted_sum(k);
  std::vector<double> diagonal(k);
  for (std::size_t i = 0; i < k; ++i) {
    true_sum[i] = core::numpy_sum(std::span(matrix.counts).subspan(i * k, k));
    diagonal[i] = matrix.at(i, i);
    for (std::size_t j = 0; j < k; ++j) predicted_sum[j] += matrix.at(i, j);
  }
  double true_predicted = 0;
  double predicted_predicted = 0;
  double true_true = 0;
  for (std::size_t i = 0; i < k; ++i) {
    true_predicted += true_sum[i] * predicted_sum[i];
    predicted_predicted += predicted_sum[i] * predicted_sum[i];
    true_true += true_sum[i] * true_sum[i];
  }
  const double n = core::numpy_sum(predicted_sum);
  const double covariance = core::numpy_sum(diagonal) * n - true_predicted;
  const double predicted_variance = n * n - predicted_predicted;
  const double true_variance = n * n - true_true;
  if (predicted_variance * true_variance == 0) return {0.0, {}};
  return {covariance / std::sqrt(true_variance * predicted_variance), {}};
}

namespace {

/// What the correct predictions are divided by; f1 has no denominator of its own.
const std::vector<double>& denominator_of(SetMetric metric, const LabelCounts& counts) {
  switch (metric) {
    case SetMetric::precision: return counts.predicted;
    case SetMetric::recall: return counts.truth;
    case SetMetric::f1:
    case SetMetric::jaccard: break;
  }
  return counts.either;
}

std::vector<double> share_correct(SetMetric metric, const LabelCounts& counts) {
  const std::vector<double>& denominator = denominator_of(metric, counts);
  std::vector<double> out(counts.correct.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = denominator[i] == 0 ? 0.0 : counts.correct[i] / denominator[i];
  }
  return out;
}

/// The counts of all classes added up, as one class.
LabelCounts pooled(const LabelCounts& counts) {
  return {.labels = {0},
          .correct = {core::numpy_sum(counts.correct)},
          .predicted = {core::numpy_sum(counts.predicted)},
          .truth = {core::numpy_sum(counts.truth)},
          .either = {core::numpy_sum(counts.either)}};
}

bool has_zero_division(SetMetric metric, const LabelCounts& counts) {
  if (metric != SetMetric::f1) {
    const std::vector<double>& denominator = denominator_of(metric, counts);
    return std::find(denominator.begin(), denominator.end(), 0.0) != denominator.end();
  }
  for (std::size_t i = 0; i < counts.labels.size(); ++i) {
    if (counts.truth[i] == 0 && counts.predicted[i] == 0) return true;
  }
  return false;
}

std::string zero_division_warning(SetMetric metric, Average average) {
  static constexpr std::array<std::string_view, 4> kNames{"Precision", "Recall", "F-score", "Jaccard"};
  static constexpr std::array<std::string_view, 4> kWithoutSamples{"predicted", "true", "true nor predicted",
                                                                   "true or predicted"};
  const bool one = average == Average::binary || average == Average::micro;
  const auto m = static_cast<std::size_t>(metric);
  return fmt::format("{} is ill-defined and being set to 0.0 {} no {} samples", kNames[m],
                     one ? "due to" : "in labels with", kWithoutSamples[m]);
}

}  // namespace

std::vector<double> set_metric_by_class(SetMetric metric, const LabelCounts& counts) {
  if (metric != SetMetric::f1) return share_correct(metric, counts);
  const std::vector<double> precision = share_correct(SetMetric::precision, counts);
  const std::vector<double> recall = share_correct(SetMetric::recall, counts);
  std::vector<double> f1(precision.size());
  for (std::size_t i = 0; i < f1.size(); ++i) {
    const double sum = precision[i] + recall[i];
    f1[i] = 2.0 * precision[i] * recall[i] / (sum == 0 ? 1.0 : sum);
  }
  return f1;
}

Score set_metric(SetMetric metric, Average average, std::span<const double> truth, std::span<const double> predicted,
                 std::span<const double> weight, std::size_t positive) {
  std::vector<std::size_t> labels = present_labels(truth, predicted);
  if (average == Average::binary) {
    if (labels.size() > 2) return Score::undefined("more than two classes occur, but the metric is for two");
    if (labels.size() == 2 && labels[0] != positive && labels[1] != positive) {
      return Score::undefined("the positive class occurs neither in truth nor in the predictions");
    }
    labels = {positive};
  }
  const LabelCounts counts = count_labels(truth, predicted, weight, labels);
  const LabelCounts used = average == Average::micro ? pooled(counts) : counts;
  Score score;
  if (has_zero_division(metric, used)) score.why = zero_division_warning(metric, average);
  if (average == Average::weighted) {
    const bool weightless = std::all_of(used.truth.begin(), used.truth.end(), [](double w) { return w == 0; });
    // scikit-learn's jaccard falls back to equal weights; every class is 0 then as well.
    score.value = weightless ? 0.0 : core::numpy_average(set_metric_by_class(metric, used), used.truth);
    return score;
  }
  score.value = core::numpy_average(set_metric_by_class(metric, used), {});
  return score;
}

}  // namespace gridmill::models
