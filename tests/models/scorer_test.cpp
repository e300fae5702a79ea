#include "models/scorer.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "metrics/golden.hpp"

namespace gridmill::models {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> class_names(std::size_t n) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < n; ++i) names.push_back(fmt::format("{}", i));
  return names;
}

/// The golden's rows are samples; that order is our column-major one. A one-column array becomes 1 x n.
core::Matrix outputs_of(const nlohmann::json& list, std::size_t n_samples, double absent) {
  std::vector<double> values = numbers(list);
  std::replace_if(
      values.begin(), values.end(), [](double v) { return std::isnan(v); }, absent);
  return {values.data(), values.size() / n_samples, n_samples};
}

/// What scores are computed from, kept alive.
struct Case {
  explicit Case(const nlohmann::json& golden) : truth(numbers(golden["truth"])), weight(numbers(golden["weight"])) {
    prediction.value = numbers(golden["predicted"]);
    if (!golden.contains("fitted")) return;
    prediction.decision = outputs_of(golden["decision"], truth.size(), -std::numeric_limits<double>::infinity());
    prediction.probability = outputs_of(golden["probability"], truth.size(), 0);
    fitted = golden["fitted"].get<std::vector<std::size_t>>();
    classes = class_names(golden["n_classes"]);
  }

  [[nodiscard]] ScoreInput input() const {
    return {.truth = truth, .weight = weight, .prediction = prediction, .classes = classes, .fitted = fitted};
  }

  std::vector<double> truth;
  std::vector<double> weight;
  Prediction prediction;
  std::vector<std::string> classes;
  std::vector<std::size_t> fitted;
};

/// Relative; all scores are equal to the last bit, but for two.
double tolerance(const std::string& scorer, bool weighted) {
  // numpy leaves the dot products of weighted counts to BLAS, which adds in an order of its own; their differences
  // lose digits.
  if (scorer == "matthews_corrcoef" && weighted) return 1e-14;
  // numpy's vector log1p and the C library's differ in the last bit; differences of logarithms lose digits.
  if (scorer == "neg_mean_squared_log_error") return 1e-13;
  return 0;
}

void compare(const std::string& file, std::size_t least_scores) {
  std::size_t n_scores = 0;
  for (const nlohmann::json& golden_case : golden(file)) {
    SCOPED_TRACE(golden_case["case"].get<std::string>());
    const Case data(golden_case);
    for (const auto& [name, expected] : golden_case["scores"].items()) {
      SCOPED_TRACE(name);
      const Scorer* scorer = find_scorer(name);
      ASSERT_NE(scorer, nullptr);
      std::string why;
      const double score = scorer->score(data.input(), &why);
      EXPECT_TRUE(agrees(score, number(expected["value"]), tolerance(name, !data.weight.empty()))) << expected;
      if (std::isnan(score)) {
        EXPECT_FALSE(why.empty()) << expected;
      }
      ++n_scores;
    }
  }
  EXPECT_GE(n_scores, least_scores);
}

TEST(scorer, equals_scikit_learn_on_classification) { compare("classification.json", 2000); }

TEST(scorer, equals_scikit_learn_on_regression) { compare("regression.json", 500); }

TEST(scorer, has_a_golden_for_every_name) {
  std::vector<std::string> tested;
  for (const char* file : {"classification.json", "regression.json"}) {
    const nlohmann::json cases = golden(file);
    for (const auto& [name, score] : cases[0]["scores"].items()) tested.push_back(name);
  }
  std::sort(tested.begin(), tested.end());
  EXPECT_EQ(scorer_names(), tested);
}

TEST(scorer, finds_aliases_under_scikit_learns_name) {
  EXPECT_EQ(find_scorer("mse"), find_scorer("neg_mean_squared_error"));
  EXPECT_EQ(find_scorer("brier")->name(), "neg_brier_score");
  EXPECT_EQ(find_scorer("matthews")->name(), "matthews_corrcoef");
  EXPECT_EQ(find_scorer("f2"), nullptr);
  for (const ScorerAlias& alias : scorer_aliases()) {
    ASSERT_NE(find_scorer(alias.alias), nullptr) << alias.alias;
    EXPECT_EQ(find_scorer(alias.alias)->name(), alias.name);
  }
}

TEST(scorer, says_what_it_needs) {
  EXPECT_TRUE(find_scorer("roc_auc")->needs().decision);
  EXPECT_FALSE(find_scorer("roc_auc")->needs().probability);
  EXPECT_TRUE(find_scorer("roc_auc_ovr")->needs().probability);
  EXPECT_TRUE(find_scorer("f1")->binary_only());
  EXPECT_FALSE(find_scorer("f1_macro")->binary_only());
  EXPECT_EQ(find_scorer("r2")->task(), core::Task::regression);
}

/// Two classes, five samples, where the classes' roles differ.
struct TwoClasses {
  TwoClasses() {
    prediction.value = {0, 0, 1, 1, 0};
    prediction.decision = core::Matrix{{-1.0, -0.5, 0.3, 2.0, -2.0}};
    prediction.probability = core::Matrix{{0.8, 0.6, 0.4, 0.1, 0.9}, {0.2, 0.4, 0.6, 0.9, 0.1}};
  }
  double score(const char* name, std::size_t positive, std::string* why = nullptr) const {
    return find_scorer(name)->score({.truth = truth,
                                     .weight = {},
                                     .prediction = prediction,
                                     .classes = classes,
                                     .fitted = fitted,
                                     .positive = positive},
                                    why);
  }
  std::vector<double> truth{0, 1, 0, 1, 0};
  std::vector<std::string> classes{"no", "yes"};
  std::vector<std::size_t> fitted{0, 1};
  Prediction prediction;
};

TEST(scorer, takes_either_class_as_positive) {
  const TwoClasses data;
  EXPECT_DOUBLE_EQ(data.score("precision", 1), 1.0 / 2);
  EXPECT_DOUBLE_EQ(data.score("precision", 0), 2.0 / 3);
  EXPECT_DOUBLE_EQ(data.score("recall", 0), 2.0 / 3);
  EXPECT_DOUBLE_EQ(data.score("average_precision", 1), 0.5 + 0.5 * 2 / 3);
  EXPECT_DOUBLE_EQ(data.score("average_precision", 0), (1.0 + 1.0 + 3.0 / 4) / 3);
  EXPECT_DOUBLE_EQ(data.score("neg_brier_score", 0), data.score("neg_brier_score", 1));
  EXPECT_EQ(data.score("roc_auc", 0), data.score("roc_auc", 1));
}

TEST(scorer, warns_of_zero_division_as_scikit_learn_does) {
  TwoClasses data;
  data.prediction.value.assign(5, 0.0);
  std::string why;
  EXPECT_EQ(data.score("precision", 1, &why), 0);
  EXPECT_EQ(why, "Precision is ill-defined and being set to 0.0 due to no predicted samples");
  EXPECT_EQ(data.score("precision_macro", 1, &why), 0.3);
  EXPECT_EQ(why, "Precision is ill-defined and being set to 0.0 in labels with no predicted samples");
  EXPECT_EQ(data.score("accuracy", 1, &why), 0.6);
  EXPECT_EQ(why, "");
}

TEST(scorer, gives_nan_with_the_reason_for_broken_outputs) {
  TwoClasses data;
  data.prediction.decision(0, 2) = kNan;
  data.prediction.probability(1, 2) = kNan;
  std::string why;
  EXPECT_TRUE(std::isnan(data.score("roc_auc", 1, &why)));
  EXPECT_EQ(why, "the scores contain NaN or infinity");
  EXPECT_TRUE(std::isnan(data.score("neg_log_loss", 1, &why)));
  EXPECT_EQ(why, "the probabilities contain NaN");
  data.truth.clear();
  EXPECT_TRUE(std::isnan(data.score("accuracy", 1, &why)));
  EXPECT_EQ(why, "there are no samples to score");
}

TEST(scorer, refuses_predictions_that_are_not_finite) {
  const std::vector<double> truth{1, 2, 3};
  const Prediction prediction{.value = {1, kNan, 3}, .decision = {}, .probability = {}};
  std::string why;
  const ScoreInput input{.truth = truth, .weight = {}, .prediction = prediction, .classes = {}, .fitted = {}};
  EXPECT_TRUE(std::isnan(find_scorer("r2")->score(input, &why)));
  EXPECT_EQ(why, "the predictions contain NaN or infinity");
}

}  // namespace
}  // namespace gridmill::models
