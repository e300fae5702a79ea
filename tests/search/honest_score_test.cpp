#include "search/honest_score.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/numpy_random.hpp"
#include "models/scorer.hpp"
#include "search/drawn_scores.hpp"

namespace gridmill::search {
namespace {

/// Searches of candidates that are right with known probabilities, which errors in common make alike.
class MadeUpSearch {
 public:
  MadeUpSearch(std::size_t n_candidates, std::size_t n_rows, bool has_effect, std::uint32_t seed) : random_(seed) {
    rows_.resize(n_rows);
    std::iota(rows_.begin(), rows_.end(), 0);
    truth_.assign(n_rows, 0);
    for (std::size_t c = 0; c < n_candidates; ++c) right_.push_back(has_effect ? random_.uniform(0.6, 0.8) : 0.7);
    std::vector<double> common;
    for (std::size_t r = 0; r < n_rows; ++r) common.push_back(random_.normal());
    for (const double right : right_) {
      models::Prediction prediction;
      for (std::size_t r = 0; r < n_rows; ++r) {
        const double z = std::sqrt(0.5) * common[r] + std::sqrt(0.5) * random_.normal();
        prediction.value.push_back(0.5 * std::erfc(-z / std::sqrt(2.0)) < right ? 0 : 1);
      }
      predictions_.push_back(std::move(prediction));
    }
  }

  [[nodiscard]] double accuracy(std::size_t c) const {
    const auto& value = predictions_[c].value;
    return static_cast<double>(std::ranges::count(value, 0.0)) / static_cast<double>(value.size());
  }
  [[nodiscard]] std::size_t best() const {
    std::size_t best = 0;
    for (std::size_t c = 1; c < right_.size(); ++c) best = accuracy(c) > accuracy(best) ? c : best;
    return best;
  }
  [[nodiscard]] double right(std::size_t c) const { return right_[c]; }
  [[nodiscard]] TestedRows rows() const {
    return {.unit = rows_, .truth = truth_, .weight = {}, .classes = classes_, .predictions = predictions_};
  }

 private:
  core::NumpyRandom random_;
  std::vector<std::int64_t> rows_;
  std::vector<double> truth_;
  std::vector<double> right_;
  std::vector<std::string> classes_{"no", "yes"};
  std::vector<models::Prediction> predictions_;
};

struct Outcome {
  HonestScore score;
  std::string why_not;
};

Outcome honest_of(const TestedRows& rows, const char* metric, std::uint32_t seed) {
  const std::array<const models::Scorer*, 1> scorers{models::find_scorer(metric)};
  const HonestResult result = honest_scores(rows, scorers, 0, {.seed = seed});
  if (!result.why_not.empty()) return {.why_not = result.why_not};
  return {.score = result.by_metric.front().value()};
}

struct Judged {
  double plain_bias = 0;
  double bias = 0;
  double covered = 0;
};

Judged judge(std::size_t n_candidates, bool has_effect, std::size_t n_searches) {
  Judged judged;
  for (std::size_t s = 0; s < n_searches; ++s) {
    const MadeUpSearch search(n_candidates, 200, has_effect, static_cast<std::uint32_t>(s + 1));
    const double truth = search.right(search.best());
    const Outcome result = honest_of(search.rows(), "accuracy", 0);
    EXPECT_EQ(result.why_not, "");
    judged.plain_bias += (search.accuracy(search.best()) - truth) / static_cast<double>(n_searches);
    judged.bias += (result.score.score - truth) / static_cast<double>(n_searches);
    const bool covers = result.score.low <= truth && truth <= result.score.high;
    judged.covered += covers ? 1 / static_cast<double>(n_searches) : 0;
  }
  return judged;
}

TEST(HonestScore, IsNearlyRightWhereTheBestScoreIsTooGood) {
  for (const bool has_effect : {false, true}) {
    const Judged judged = judge(30, has_effect, 40);
    EXPECT_GT(judged.plain_bias, 0.02) << has_effect;
    EXPECT_LT(std::abs(judged.bias), judged.plain_bias / 4) << has_effect;
    EXPECT_GT(judged.covered, 0.89) << has_effect;
  }
}

TEST(HonestScore, IsNearlyRightAtManySizes) {
  if (std::getenv("GRIDMILL_TEST_LONG") == nullptr) GTEST_SKIP() << "part of the long tests: GRIDMILL_TEST_LONG";
  for (const bool has_effect : {false, true}) {
    for (const std::size_t n : {4U, 40U, 400U}) {
      const Judged judged = judge(n, has_effect, n < 400 ? 2000 : 200);
      std::cout << n << (has_effect ? " candidates that differ: " : " equal candidates: ") << "best score too good by "
                << judged.plain_bias << ", honest score by " << judged.bias << ", interval holds it in "
                << 100 * judged.covered << " %\n";
      // Of few candidates that differ, a draw of rows often chooses a worse one: too careful, by the nature of it.
      EXPECT_LT(std::abs(judged.bias), judged.plain_bias / (n < 40 ? 2 : 4));
      EXPECT_GE(judged.covered, 0.91);
    }
  }
}

TEST(HonestScore, OfOtherMetricsComesOfTheSameDraws) {
  const MadeUpSearch search(5, 100, true, 3);
  const Outcome accuracy = honest_of(search.rows(), "accuracy", 7);
  const Outcome balanced = honest_of(search.rows(), "balanced_accuracy", 7);
  EXPECT_EQ(balanced.why_not, "");
  // All rows are of one class: both metrics say the same of them.
  EXPECT_NEAR(balanced.score.score, accuracy.score.score, 0.01);
  EXPECT_EQ(balanced.score.n_bootstraps, 1000U);
}

TEST(HonestScore, DrawsARowWithAllThatIsKnownOfIt) {
  // Each row stands there twice: if entries were drawn alone, half of a row would judge what the other half chose.
  const std::vector<std::int64_t> row{0, 0, 1, 1};
  const std::vector<double> truth{0, 0, 0, 0};
  const std::vector<std::string> classes{"a", "b"};
  const TestedRows rows{
      .unit = row,
      .truth = truth,
      .weight = {},
      .classes = classes,
      .predictions = {models::Prediction{.value = {0, 0, 1, 1}}, models::Prediction{.value = {1, 1, 0, 0}}}};
  // Whichever row is drawn twice, its candidate is right there and wrong on the other.
  EXPECT_EQ(honest_of(rows, "accuracy", 0).score.score, 0);
}

TEST(HonestScore, LeavesOutCandidatesWithoutAPrediction) {
  const std::vector<std::int64_t> row{0, 1, 2, 3};
  const std::vector<double> truth{1, 2, 3, 4};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  TestedRows rows{.unit = row, .truth = truth, .weight = {}, .classes = {}, .predictions = {}};
  EXPECT_NE(honest_of(rows, "neg_root_mean_squared_error", 0).why_not, "");
  rows.predictions = {models::Prediction{.value = {nan, 2, 3, 4}}, models::Prediction{.value = {2, 3, 4, 5}}};
  const Outcome result = honest_of(rows, "neg_root_mean_squared_error", 0);
  EXPECT_DOUBLE_EQ(result.score.score, -1);
  EXPECT_DOUBLE_EQ(result.score.low, -1);
}

TEST(HonestScore, IsToldInEachMetricOfTheCandidateThatOneOfThemChooses) {
  const MadeUpSearch search(5, 100, true, 3);
  const std::array<const models::Scorer*, 2> scorers{models::find_scorer("f1_macro"), models::find_scorer("accuracy")};
  const HonestResult result = honest_scores(search.rows(), scorers, 1, {.most_draws = 200});
  ASSERT_TRUE(result.by_metric[0] && result.by_metric[1]);
  EXPECT_EQ(result.by_metric[1]->n_bootstraps, 200U);
  EXPECT_LT(result.by_metric[0]->score, result.by_metric[1]->score) << "one class only: the other one's f1 is 0";
  EXPECT_EQ(honest_scores(search.rows(), scorers, 0, {.patience_s = 1e-6}).why_not,
            "it would take longer than 0 seconds for this metric");
}

/// Predictions of three candidates, some of them alike, for rows of which some are drawn.
class DrawnScoresTest : public testing::Test {
 protected:
  DrawnScoresTest() {
    core::NumpyRandom random(5);
    for (std::size_t e = 0; e < kEntries; ++e) times_.push_back(static_cast<double>(random.integer(0, 4)));
    for (std::size_t e = 0; e < kEntries; ++e) weight_.push_back(static_cast<double>(random.integer(1, 5)) / 2);
  }

  TestedRows rows(std::size_t n_classes, bool weighted) {
    core::NumpyRandom random(7);
    classes_.assign(n_classes, "");
    truth_.clear();
    models::Prediction prediction;
    prediction.probability.set_size(n_classes, kEntries);
    prediction.decision.set_size(n_classes == 2 ? 1 : n_classes, kEntries);
    for (std::size_t e = 0; e < kEntries; ++e) {
      truth_.push_back(n_classes == 0 ? random.uniform(1, 2)
                                      : static_cast<double>(random.integer(0, static_cast<std::int64_t>(n_classes))));
      for (std::size_t c = 0; c < n_classes; ++c)
        prediction.probability(c, e) = static_cast<double>(random.integer(1, 9));
      if (n_classes == 0) prediction.value.push_back(random.uniform(1, 2));
    }
    for (std::size_t e = 0; e < kEntries && n_classes > 0; ++e) {
      prediction.probability.col(e) /= arma::sum(prediction.probability.col(e));
      prediction.value.push_back(static_cast<double>(prediction.probability.col(e).index_max()));
      if (n_classes == 2) prediction.decision(0, e) = prediction.probability(1, e) - 0.5;
      if (n_classes > 2) prediction.decision.col(e) = prediction.probability.col(e);
    }
    const std::span<const double> weight = weighted ? std::span<const double>(weight_) : std::span<const double>();
    return {.unit = {}, .truth = truth_, .weight = weight, .classes = classes_, .predictions = {std::move(prediction)}};
  }

  /// As the search scores the same rows, each written out as often as it was drawn.
  double written_out(const TestedRows& rows, const models::Scorer& scorer) const {
    std::vector<double> truth;
    std::vector<double> weight;
    std::vector<arma::uword> entries;
    models::Prediction prediction;
    for (std::size_t e = 0; e < kEntries; ++e) {
      for (double k = 0; k < times_[e]; ++k) {
        entries.push_back(e);
        truth.push_back(rows.truth[e]);
        prediction.value.push_back(rows.predictions[0].value[e]);
        if (!rows.weight.empty()) weight.push_back(rows.weight[e]);
      }
    }
    prediction.decision = rows.predictions[0].decision.cols(arma::uvec(entries));
    prediction.probability = rows.predictions[0].probability.cols(arma::uvec(entries));
    std::vector<std::size_t> fitted(rows.classes.size());
    std::iota(fitted.begin(), fitted.end(), std::size_t{0});
    return scorer.score(
        {.truth = truth, .weight = weight, .prediction = prediction, .classes = rows.classes, .fitted = fitted},
        nullptr);
  }

  static constexpr std::size_t kEntries = 80;
  std::vector<double> times_;

 private:
  std::vector<double> weight_;
  std::vector<double> truth_;
  std::vector<std::string> classes_;
};

TEST_F(DrawnScoresTest, AreTheScoresOfRowsWrittenOutInEveryMetric) {
  std::size_t n = 0;
  for (const std::string& name : models::scorer_names()) {
    const models::Scorer& scorer = *models::find_scorer(name);
    for (const std::size_t n_classes : {0U, 2U, 3U}) {
      if ((scorer.task() == core::Task::regression) != (n_classes == 0)) continue;
      if (scorer.binary_only() && n_classes > 2) continue;
      for (const bool weighted : {false, true}) {
        const TestedRows all = rows(n_classes, weighted);
        const double expected = written_out(all, scorer);
        if (std::isnan(expected)) continue;
        if (name == "max_error") {
          EXPECT_EQ(drawn_scores(all, scorer), nullptr) << "draws tell nothing of an extreme";
          continue;
        }
        ++n;
        EXPECT_NEAR(drawn_scores(all, scorer)->score(0, times_), expected, 1e-9) << name << n_classes << weighted;
      }
    }
  }
  EXPECT_GT(n, 80U);
}

}  // namespace
}  // namespace gridmill::search
