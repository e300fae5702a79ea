#include "models/metrics/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/numpy_sum.hpp"
#include "models/metrics/confusion.hpp"
#include "models/metrics/finite.hpp"

namespace gridmill::models {

namespace {

constexpr const char* kOneClass = "only one class occurs in truth, ROC AUC is not defined then";
constexpr const char* kNotFinite = "the scores contain NaN or infinity";
constexpr const char* kAllWeightless = "all sample weights are zero";

/// Weight of the false and true positives when everything down to each distinct score counts as positive.
struct Curve {
  std::vector<double> false_positive;
  std::vector<double> true_positive;
};

/// The samples that weigh something, by falling score; the later of two equal scores comes first, as in
/// scikit-learn, since the order decides how weights round when they are added up.
std::vector<std::size_t> falling(std::span<const double> score, std::span<const double> weight) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (weight.empty() || weight[i] != 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] < score[b]; });
  std::reverse(order.begin(), order.end());
  return order;
}

// Source: _binary_clf_curve.
Curve curve_of(const std::vector<bool>& positive, std::span<const double> score, std::span<const double> weight) {
  const std::vector<std::size_t> order = falling(score, weight);
  Curve curve;
  double true_positive = 0;
  double false_positive = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    (positive[order[i]] ? true_positive : false_positive) += weight.empty() ? 1.0 : weight[order[i]];
    if (i + 1 < order.size() && score[order[i]] == score[order[i + 1]]) continue;
    curve.true_positive.push_back(true_positive);
    curve.false_positive.push_back(false_positive);
  }
  return curve;
}

/// Drops the points between two others on a line. They do not change the area, but its rounding.
Curve corners(const Curve& curve) {
  const std::size_t n = curve.true_positive.size();
  if (n <= 2) return curve;
  const auto bends = [](const std::vector<double>& v, std::size_t i) {
    return (v[i + 1] - v[i]) - (v[i] - v[i - 1]) != 0;
  };
  Curve kept;
  for (std::size_t i = 0; i < n; ++i) {
    if (i != 0 && i + 1 != n && !bends(curve.false_positive, i) && !bends(curve.true_positive, i)) continue;
    kept.false_positive.push_back(curve.false_positive[i]);
    kept.true_positive.push_back(curve.true_positive[i]);
  }
  return kept;
}

/// Starts the curve at 0 and divides it by its last value.
std::vector<double> rates(const std::vector<double>& counts) {
  std::vector<double> out{0.0};
  for (const double count : counts) out.push_back(count / counts.back());
  return out;
}

double trapezoids(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> area(x.size() - 1);
  for (std::size_t i = 0; i < area.size(); ++i) area[i] = (x[i + 1] - x[i]) * (y[i + 1] + y[i]) / 2.0;
  return core::numpy_sum(area);
}

/// Source: roc_curve and auc.
Score area_under_roc(const std::vector<bool>& positive, std::span<const double> score, std::span<const double> weight) {
  const auto n_positive = std::count(positive.begin(), positive.end(), true);
  if (n_positive == 0 || static_cast<std::size_t>(n_positive) == positive.size()) return Score::undefined(kOneClass);
  if (!all_finite(score)) return Score::undefined(kNotFinite);
  const Curve curve = corners(curve_of(positive, score, weight));
  if (curve.true_positive.empty()) return Score::undefined(kAllWeightless);
  if (curve.false_positive.back() <= 0) return Score::undefined("all negative samples have weight zero");
  if (curve.true_positive.back() <= 0) return Score::undefined("all positive samples have weight zero");
  return {trapezoids(rates(curve.false_positive), rates(curve.true_positive)), {}};
}

std::vector<bool> equals(std::span<const double> truth, std::size_t code) {
  std::vector<bool> out(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) out[i] = truth[i] == static_cast<double>(code);
  return out;
}

Score mean_against_rest(std::span<const double> truth, const core::Matrix& probability, std::span<const double> weight,
                        Prevalence prevalence, const std::vector<std::size_t>& labels) {
  const std::size_t k = labels.size();
  std::vector<double> share;
  if (prevalence == Prevalence::weighted) {
    share = count_labels(truth, truth, weight, labels).truth;
    if (std::abs(core::numpy_sum(share)) <= 1e-8) return {0.0, {}};  // numpy.isclose(sum, 0)
  }
  std::vector<double> area(k);
  std::string why;
  for (std::size_t c = 0; c < k; ++c) {
    const Score score = area_under_roc(equals(truth, labels[c]), row_of(probability, c), weight);
    // A class without weight must not spoil the others with its NaN.
    area[c] = !share.empty() && share[c] == 0 ? 0.0 : score.value;
    if (std::isnan(area[c])) why = score.why;
  }
  return {core::numpy_average(area, share), why};
}

/// The mean of the areas of class a against b and of b against a, among the samples of both.
double pair_area(std::span<const double> truth, const core::Matrix& probability, const std::vector<std::size_t>& labels,
                 std::size_t a, std::size_t b) {
  std::vector<bool> is_a;
  std::vector<double> score_a;
  std::vector<double> score_b;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool in_a = truth[i] == static_cast<double>(labels[a]);
    if (!in_a && truth[i] != static_cast<double>(labels[b])) continue;
    is_a.push_back(in_a);
    score_a.push_back(probability(a, i));
    score_b.push_back(probability(b, i));
  }
  std::vector<bool> is_b = is_a;
  is_b.flip();
  return (area_under_roc(is_a, score_a, {}).value + area_under_roc(is_b, score_b, {}).value) / 2;
}

Score mean_of_pairs(std::span<const double> truth, const core::Matrix& probability, Prevalence prevalence,
                    const std::vector<std::size_t>& labels) {
  const std::vector<double> count = count_labels(truth, truth, {}, labels).truth;
  std::vector<double> area;
  std::vector<double> share;
  for (std::size_t a = 0; a < labels.size(); ++a) {
    for (std::size_t b = a + 1; b < labels.size(); ++b) {
      area.push_back(pair_area(truth, probability, labels, a, b));
      if (prevalence == Prevalence::weighted) {
        share.push_back((count[a] + count[b]) / static_cast<double>(truth.size()));
      }
    }
  }
  return {core::numpy_average(area, share), {}};
}

bool sums_to_one(const core::Matrix& probability) {
  for (arma::uword i = 0; i < probability.n_cols; ++i) {
    const double sum = core::numpy_sum({probability.colptr(i), probability.n_rows});
    if (!(std::abs(1 - sum) <= 1e-8 + 1e-5 * std::abs(sum))) return false;  // numpy.allclose
  }
  return true;
}

}  // namespace

std::vector<double> row_of(const core::Matrix& matrix, std::size_t row) {
  std::vector<double> out(matrix.n_cols);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = matrix(row, i);
  return out;
}

Score roc_auc(std::span<const double> truth, std::span<const double> score, std::span<const double> weight,
              std::size_t positive) {
  return area_under_roc(equals(truth, positive), score, weight);
}

Score average_precision(std::span<const double> truth, std::span<const double> score, std::span<const double> weight,
                        std::size_t positive) {
  if (!all_finite(score)) return Score::undefined(kNotFinite);
  const Curve curve = curve_of(equals(truth, positive), score, weight);
  if (curve.true_positive.empty()) return Score::undefined(kAllWeightless);
  const double total = curve.true_positive.back();
  // From the last threshold to the first, as scikit-learn adds them.
  std::vector<double> steps;
  for (std::size_t i = curve.true_positive.size(); i-- > 0;) {
    const auto recall = [&](std::size_t at) { return total == 0 ? 1.0 : curve.true_positive[at] / total; };
    const double before = i == 0 ? 0.0 : recall(i - 1);
    const double named_positive = curve.true_positive[i] + curve.false_positive[i];
    const double precision = named_positive == 0 ? 0.0 : curve.true_positive[i] / named_positive;
    steps.push_back((before - recall(i)) * precision);
  }
  return {-core::numpy_sum(steps),
          total == 0 ? "no positive class in truth, recall is set to one for all thresholds" : ""};
}

Score roc_auc_multiclass(std::span<const double> truth, const core::Matrix& probability, std::span<const double> weight,
                         MultiClass scheme, Prevalence prevalence) {
  if (!all_finite({probability.memptr(), probability.n_elem})) return Score::undefined(kNotFinite);
  if (!sums_to_one(probability)) return Score::undefined("the probabilities do not sum to 1 over the classes");
  const std::vector<std::size_t> labels = present_labels(truth);
  if (labels.size() != probability.n_rows) {
    return Score::undefined("the number of classes in truth differs from the number of classes in training");
  }
  if (scheme == MultiClass::one_vs_rest) return mean_against_rest(truth, probability, weight, prevalence, labels);
  if (!weight.empty()) return Score::undefined("one-vs-one ROC AUC of several classes takes no sample weights");
  return mean_of_pairs(truth, probability, prevalence, labels);
}

}  // namespace gridmill::models
