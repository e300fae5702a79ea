#include "search/honest_score.hpp"

#include <algorithm>
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
    return {.row = rows_, .truth = truth_, .weight = {}, .classes = classes_, .predictions = predictions_};
  }

 private:
  core::NumpyRandom random_;
  std::vector<std::int64_t> rows_;
  std::vector<double> truth_;
  std::vector<double> right_;
  std::vector<std::string> classes_{"no", "yes"};
  std::vector<models::Prediction> predictions_;
};

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
    const HonestResult result = honest_score(search.rows(), *models::find_scorer("accuracy"), 0);
    EXPECT_EQ(result.why_not, "");
    judged.plain_bias += (search.accuracy(search.best()) - truth) / static_cast<double>(n_searches);
    judged.bias += (result.honest.score - truth) / static_cast<double>(n_searches);
    const bool covers = result.honest.low <= truth && truth <= result.honest.high;
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
  const HonestResult accuracy = honest_score(search.rows(), *models::find_scorer("accuracy"), 7);
  const HonestResult balanced = honest_score(search.rows(), *models::find_scorer("balanced_accuracy"), 7);
  EXPECT_EQ(balanced.why_not, "");
  // All rows are of one class: both metrics say the same of them.
  EXPECT_NEAR(balanced.honest.score, accuracy.honest.score, 0.01);
  EXPECT_EQ(balanced.honest.n_bootstraps, 200U);
}

TEST(HonestScore, DrawsARowWithAllThatIsKnownOfIt) {
  // Each row stands there twice: if entries were drawn alone, half of a row would judge what the other half chose.
  const std::vector<std::int64_t> row{0, 0, 1, 1};
  const std::vector<double> truth{0, 0, 0, 0};
  const std::vector<std::string> classes{"a", "b"};
  const TestedRows rows{.row = row,
                        .truth = truth,
                        .weight = {},
                        .classes = classes,
                        .predictions = {models::Prediction{.value = {0, 0, 1, 1}}, models::Prediction{.value = {1, 1, 0, 0}}}};
  // Whichever row is drawn twice, its candidate is right there and wrong on the other.
  EXPECT_EQ(honest_score(rows, *models::find_scorer("accuracy"), 0).honest.score, 0);
}

TEST(HonestScore, LeavesOutCandidatesWithoutAPrediction) {
  const std::vector<std::int64_t> row{0, 1, 2, 3};
  const std::vector<double> truth{1, 2, 3, 4};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  TestedRows rows{.row = row, .truth = truth, .weight = {}, .classes = {}, .predictions = {}};
  EXPECT_NE(honest_score(rows, *models::find_scorer("neg_root_mean_squared_error"), 0).why_not, "");
  rows.predictions = {models::Prediction{.value = {nan, 2, 3, 4}}, models::Prediction{.value = {2, 3, 4, 5}}};
  const HonestResult result = honest_score(rows, *models::find_scorer("neg_root_mean_squared_error"), 0);
  EXPECT_DOUBLE_EQ(result.honest.score, -1);
  EXPECT_DOUBLE_EQ(result.honest.low, -1);
}

}  // namespace
}  // namespace gridmill::search
