#include "models/scorer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "models/metrics/classification.hpp"
#include "models/metrics/confusion.hpp"
#include "models/metrics/probability.hpp"
#include "models/metrics/ranking.hpp"
#include "models/metrics/regression.hpp"
#include "models/metrics/score.hpp"

namespace gridmill::models {

namespace {

constexpr core::Task kClassification = core::Task::classification;
constexpr core::Task kRegression = core::Task::regression;
constexpr Outputs kValues{};
constexpr Outputs kDecision{.decision = true};
constexpr Outputs kProbability{.probability = true};

enum class Classes { two, any };

Score negated(Score loss) {
  loss.value = -loss.value;
  return loss;
}

// What scikit-learn's scorers do between the estimator and the metric, which sees no model: choose its outputs.

/// The probabilities of the classes seen in training; scikit-learn's predict_proba has no others.
core::Matrix fitted_probability(const ScoreInput& in) {
  const core::Matrix& all = in.prediction.probability;
  core::Matrix out(in.fitted.size(), all.n_cols);
  for (arma::uword i = 0; i < all.n_cols; ++i) {
    for (std::size_t c = 0; c < in.fitted.size(); ++c) out(c, i) = all(in.fitted[c], i);
  }
  return out;
}

/// Values that grow towards the class `code`, one of the two seen in training: decision values, or its probability
/// where the family has no others.
std::vector<double> values_towards(const ScoreInput& in, std::size_t code) {
  const core::Matrix& decision = in.prediction.decision;
  if (decision.empty()) return row_of(in.prediction.probability, code);
  std::vector<double> values = row_of(decision, decision.n_rows == 1 ? 0 : in.fitted.back());
  if (code == in.fitted.front()) {
    for (double& value : values) value = -value;
  }
  return values;
}

/// Whether truth and training both have what a metric of two classes needs; the reason if not.
std::string two_class_problem(const ScoreInput& in) {
  if (present_labels(in.truth).size() > 2) return "more than two classes occur in truth, but the metric is for two";
  if (in.fitted.size() != 2) return "the model was not fitted to exactly two classes, but the metric is for two";
  return {};
}

Score roc_auc_scorer(const ScoreInput& in) {
  if (std::string problem = two_class_problem(in); !problem.empty()) return Score::undefined(problem);
  // As scikit-learn: the greater class is the positive one. The area is the same for the other one.
  return roc_auc(in.truth, values_towards(in, in.fitted.back()), in.weight, present_labels(in.truth).back());
}

Score average_precision_scorer(const ScoreInput& in) {
  if (std::string problem = two_class_problem(in); !problem.empty()) return Score::undefined(problem);
  const std::vector<std::size_t> labels = present_labels(in.truth);
  if (labels.size() == 2 && labels[0] != in.positive && labels[1] != in.positive) {
    return Score::undefined("the positive class does not occur in truth");
  }
  const bool known = std::ranges::find(in.fitted, in.positive) != in.fitted.end();
  const std::vector<double> values = values_towards(in, known ? in.positive : in.fitted.back());
  return average_precision(in.truth, values, in.weight, in.positive);
}

template <MultiClass kScheme, Prevalence kPrevalence>
Score roc_auc_probability_scorer(const ScoreInput& in) {
  const std::vector<std::size_t> labels = present_labels(in.truth);
  if (labels.size() > 2 || in.fitted.size() > 2) {
    return roc_auc_multiclass(in.truth, fitted_probability(in), in.weight, kScheme, kPrevalence);
  }
  if (in.fitted.size() < 2) return Score::undefined("the model was fitted to one class only");
  return roc_auc(in.truth, row_of(in.prediction.probability, in.fitted.back()), in.weight, labels.back());
}

Precision precision_of(const ScoreInput& in) {
  return in.prediction.has_float_probability ? Precision::single_ : Precision::double_;
}

Score log_loss_scorer(const ScoreInput& in) {
  if (present_labels(in.truth).size() > 2 || in.fitted.size() > 2) {
    return negated(log_loss(in.truth, fitted_probability(in), in.weight, precision_of(in)));
  }
  if (in.fitted.size() < 2) return Score::undefined("the model was fitted to one class only");
  const std::vector<double> greater = row_of(in.prediction.probability, in.fitted.back());
  return negated(binary_log_loss(in.truth, greater, in.weight, precision_of(in)));
}

Score brier_scorer(const ScoreInput& in) {
  if (std::string problem = two_class_problem(in); !problem.empty()) return Score::undefined(problem);
  // scikit-learn asks for the greater class; so do we where the positive one was not in training.
  const bool known = std::find(in.fitted.begin(), in.fitted.end(), in.positive) != in.fitted.end();
  const std::size_t positive = known ? in.positive : in.fitted.back();
  return negated(brier_loss(in.truth, row_of(in.prediction.probability, positive), in.weight, positive));
}

using PredictionMetric = Score (*)(std::span<const double>, std::span<const double>, std::span<const double>);

template <PredictionMetric kMetric>
Score gain(const ScoreInput& in) {
  return kMetric(in.truth, in.prediction.value, in.weight);
}

template <PredictionMetric kMetric>
Score loss(const ScoreInput& in) {
  return negated(kMetric(in.truth, in.prediction.value, in.weight));
}

template <SetMetric kMetric, Average kAverage>
Score set_scorer(const ScoreInput& in) {
  return set_metric(kMetric, kAverage, in.truth, in.prediction.value, in.weight, in.positive);
}

Score max_error_scorer(const ScoreInput& in) { return negated(max_error(in.truth, in.prediction.value)); }

/// One scorer of the table below.
class NamedScorer final : public Scorer {
 public:
  using Compute = Score (*)(const ScoreInput&);

  NamedScorer(std::string_view name, core::Task task, Outputs needs, Classes classes, Compute compute,
              std::string_view meaning)
      : name_(name), task_(task), needs_(needs), classes_(classes), compute_(compute), meaning_(meaning) {}

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::string_view meaning() const override { return meaning_; }
  [[nodiscard]] core::Task task() const override { return task_; }
  [[nodiscard]] Outputs needs() const override { return needs_; }
  [[nodiscard]] bool binary_only() const override { return classes_ == Classes::two; }

  [[nodiscard]] double score(const ScoreInput& input, std::string* why) const override {
    Score score = input.truth.empty() ? Score::undefined("there are no samples to score") : compute_(input);
    if (why != nullptr) *why = std::move(score.why);
    return score.value;
  }

 private:
  std::string_view name_;
  core::Task task_;
  Outputs needs_;
  Classes classes_;
  Compute compute_;
  std::string_view meaning_;
};

using enum SetMetric;
using enum MultiClass;

// Sorted by name.
const auto& scorers() {
  static const std::array kScorers{
      NamedScorer("accuracy", kClassification, kValues, Classes::any, gain<accuracy>, "share of right predictions"),
      NamedScorer("average_precision", kClassification, kDecision, Classes::two, average_precision_scorer,
                  "step-wise area under the precision-recall curve of the positive class"),
      NamedScorer("balanced_accuracy", kClassification, kValues, Classes::any, gain<balanced_accuracy>,
                  "mean of the classes' recalls"),
      NamedScorer("explained_variance", kRegression, kValues, Classes::any, gain<explained_variance>,
                  "share of the target's variance that is explained, constant errors forgiven"),
      NamedScorer("f1", kClassification, kValues, Classes::two, set_scorer<f1, Average::binary>,
                  "harmonic mean of precision and recall of the positive class"),
      NamedScorer("f1_macro", kClassification, kValues, Classes::any, set_scorer<f1, Average::macro>,
                  "unweighted mean of the classes' F1"),
      NamedScorer("f1_micro", kClassification, kValues, Classes::any, set_scorer<f1, Average::micro>,
                  "F1 of the pooled counts of all classes"),
      NamedScorer("f1_weighted", kClassification, kValues, Classes::any, set_scorer<f1, Average::weighted>,
                  "mean of the classes' F1, weighted by their share in truth"),
      NamedScorer("jaccard", kClassification, kValues, Classes::two, set_scorer<jaccard, Average::binary>,
                  "intersection over union of the true and the predicted positive samples"),
      NamedScorer("jaccard_macro", kClassification, kValues, Classes::any, set_scorer<jaccard, Average::macro>,
                  "unweighted mean of the classes' Jaccard scores"),
      NamedScorer("jaccard_micro", kClassification, kValues, Classes::any, set_scorer<jaccard, Average::micro>,
                  "Jaccard score of the pooled counts of all classes"),
      NamedScorer("jaccard_weighted", kClassification, kValues, Classes::any, set_scorer<jaccard, Average::weighted>,
                  "mean of the classes' Jaccard scores, weighted by their share in truth"),
      NamedScorer("matthews_corrcoef", kClassification, kValues, Classes::any, gain<matthews_corrcoef>,
                  "correlation of truth and prediction, from -1 to 1"),
      NamedScorer("max_error", kRegression, kValues, Classes::any, max_error_scorer,
                  "greatest absolute error, negated; sample weights do not count"),
      NamedScorer("neg_brier_score", kClassification, kProbability, Classes::two, brier_scorer,
                  "mean squared error of the positive class's probability, negated"),
      NamedScorer("neg_log_loss", kClassification, kProbability, Classes::any, log_loss_scorer,
                  "mean of -log(probability of the true class), negated"),
      NamedScorer("neg_mean_absolute_error", kRegression, kValues, Classes::any, loss<mean_absolute_error>,
                  "mean absolute error, negated"),
      NamedScorer("neg_mean_absolute_percentage_error", kRegression, kValues, Classes::any,
                  loss<mean_absolute_percentage_error>,
                  "mean of |error| / |target|, negated; a fraction, not a percentage"),
      NamedScorer("neg_mean_squared_error", kRegression, kValues, Classes::any, loss<mean_squared_error>,
                  "mean squared error, negated"),
      NamedScorer("neg_mean_squared_log_error", kRegression, kValues, Classes::any, loss<mean_squared_log_error>,
                  "mean squared error of log(1 + target), negated"),
      NamedScorer("neg_median_absolute_error", kRegression, kValues, Classes::any, loss<median_absolute_error>,
                  "median absolute error, negated"),
      NamedScorer("neg_root_mean_squared_error", kRegression, kValues, Classes::any, loss<root_mean_squared_error>,
                  "root of the mean squared error, negated"),
      NamedScorer("precision", kClassification, kValues, Classes::two, set_scorer<precision, Average::binary>,
                  "share of the predicted positive samples that are positive"),
      NamedScorer("precision_macro", kClassification, kValues, Classes::any, set_scorer<precision, Average::macro>,
                  "unweighted mean of the classes' precisions"),
      NamedScorer("precision_micro", kClassification, kValues, Classes::any, set_scorer<precision, Average::micro>,
                  "precision of the pooled counts of all classes"),
      NamedScorer("precision_weighted", kClassification, kValues, Classes::any,
                  set_scorer<precision, Average::weighted>,
                  "mean of the classes' precisions, weighted by their share in truth"),
      NamedScorer("r2", kRegression, kValues, Classes::any, gain<r2>,
                  "coefficient of determination, 1 - residual / total sum of squares"),
      NamedScorer("recall", kClassification, kValues, Classes::two, set_scorer<recall, Average::binary>,
                  "share of the positive samples that are predicted positive"),
      NamedScorer("recall_macro", kClassification, kValues, Classes::any, set_scorer<recall, Average::macro>,
                  "unweighted mean of the classes' recalls"),
      NamedScorer("recall_micro", kClassification, kValues, Classes::any, set_scorer<recall, Average::micro>,
                  "recall of the pooled counts of all classes"),
      NamedScorer("recall_weighted", kClassification, kValues, Classes::any, set_scorer<recall, Average::weighted>,
                  "mean of the classes' recalls, weighted by their share in truth"),
      NamedScorer("roc_auc", kClassification, kDecision, Classes::two, roc_auc_scorer,
                  "area under the ROC curve of two classes, from decision values"),
      NamedScorer("roc_auc_ovo", kClassification, kProbability, Classes::any,
                  roc_auc_probability_scorer<one_vs_one, Prevalence::ignored>,
                  "mean area under the ROC curve over all pairs of classes, from probabilities"),
      NamedScorer("roc_auc_ovo_weighted", kClassification, kProbability, Classes::any,
                  roc_auc_probability_scorer<one_vs_one, Prevalence::weighted>,
                  "as roc_auc_ovo, pairs weighted by their share in truth"),
      NamedScorer("roc_auc_ovr", kClassification, kProbability, Classes::any,
                  roc_auc_probability_scorer<one_vs_rest, Prevalence::ignored>,
                  "mean area under the ROC curve of each class against the rest, from probabilities"),
      NamedScorer("roc_auc_ovr_weighted", kClassification, kProbability, Classes::any,
                  roc_auc_probability_scorer<one_vs_rest, Prevalence::weighted>,
                  "as roc_auc_ovr, classes weighted by their share in truth"),
  };
  return kScorers;
}

constexpr std::array<ScorerAlias, 9> kAliases{{
    {"brier", "neg_brier_score"},
    {"log_loss", "neg_log_loss"},
    {"mae", "neg_mean_absolute_error"},
    {"mape", "neg_mean_absolute_percentage_error"},
    {"matthews", "matthews_corrcoef"},
    {"median_ae", "neg_median_absolute_error"},
    {"mse", "neg_mean_squared_error"},
    {"msle", "neg_mean_squared_log_error"},
    {"rmse", "neg_root_mean_squared_error"},
}};

}  // namespace

const Scorer* find_scorer(std::string_view name) {
  const auto alias = std::find_if(kAliases.begin(), kAliases.end(), [&](const auto& a) { return a.alias == name; });
  if (alias != kAliases.end()) name = alias->name;
  const auto found = std::find_if(scorers().begin(), scorers().end(), [&](const auto& s) { return s.name() == name; });
  return found == scorers().end() ? nullptr : &*found;
}

std::vector<std::string> scorer_names() {
  std::vector<std::string> names;
  for (const Scorer& scorer : scorers()) names.emplace_back(scorer.name());
  return names;
}

std::span<const ScorerAlias> scorer_aliases() { return kAliases; }

}  // namespace gridmill::models
