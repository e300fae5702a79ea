#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/findings/calibration.hpp"
#include "report/findings/drift.hpp"
#include "report/findings/error_groups.hpp"
#include "report/findings/paired_test.hpp"
#include "report/findings/parameter_importance.hpp"
#include "report/findings/residuals.hpp"
#include "report/findings/threshold_cuts.hpp"

namespace gridmill::report {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Expected: sklearn.metrics.roc_auc_score and average_precision_score of these rows.
TEST(ThresholdCuts, CountsRowsAtEachScoreAndAgreesWithScikitLearn) {
  const std::vector<double> score{0.9, 0.8, 0.8, 0.7, 0.4, 0.2, 0.1, kNaN};
  const std::vector<bool> positive{true, false, true, true, false, true, false, true};
  const ThresholdCuts cuts = threshold_cuts(score, positive, 100);
  EXPECT_EQ(cuts.n_positive, 4);
  EXPECT_EQ(cuts.n_negative, 3);
  EXPECT_THAT(cuts.threshold, ElementsAre(std::numeric_limits<double>::infinity(), 0.9, 0.8, 0.7, 0.4, 0.2, 0.1));
  EXPECT_THAT(cuts.true_positive, ElementsAre(0, 1, 2, 3, 3, 4, 4));
  EXPECT_THAT(cuts.false_positive, ElementsAre(0, 0, 1, 1, 2, 2, 3));
  EXPECT_DOUBLE_EQ(cuts.area, 8.5 / 12);
  EXPECT_DOUBLE_EQ(cuts.average_precision, 0.25 * 1 + 0.25 * 2 / 3 + 0.25 * 3 / 4 + 0.25 * 4 / 6);
}

TEST(ThresholdCuts, SkipsScoresEvenlyAndKeepsTheLast) {
  std::vector<double> score;
  std::vector<bool> positive;
  for (int i = 0; i < 10000; ++i) {
    score.push_back(i);
    positive.push_back(i % 3 == 0);
  }
  const ThresholdCuts few = threshold_cuts(score, positive, 50);
  EXPECT_LE(few.threshold.size(), 52U);
  EXPECT_GE(few.threshold.size(), 50U);
  EXPECT_EQ(few.true_positive.back(), few.n_positive);
  EXPECT_EQ(few.false_positive.back(), few.n_negative);
  EXPECT_DOUBLE_EQ(few.area, threshold_cuts(score, positive, 1000000).area);
}

TEST(ThresholdCuts, HasNoAreaWhereAClassIsMissing) {
  const ThresholdCuts cuts = threshold_cuts(std::vector<double>{1, 2}, {false, false}, 10);
  EXPECT_TRUE(std::isnan(cuts.area));
  EXPECT_TRUE(std::isnan(cuts.average_precision));
}

TEST(Calibration, ComparesProbabilitiesWithWhatHappened) {
  const std::vector<double> probability{0.05, 0.1, 0.15, 0.95, 1.0, 0.0, kNaN};
  const std::vector<bool> positive{false, true, false, true, true, false, true};
  const std::vector<CalibrationBin> bins = calibration(probability, positive, 10);
  ASSERT_EQ(bins.size(), 3U);
  EXPECT_EQ(bins[0].n, 3U);  // 0.05, 0.1 and 0: a border belongs to the lower range
  EXPECT_DOUBLE_EQ(bins[0].predicted, 0.05);
  EXPECT_DOUBLE_EQ(bins[0].observed, 1.0 / 3);
  EXPECT_EQ(bins[1].n, 1U);
  EXPECT_EQ(bins[2].n, 2U);
  EXPECT_DOUBLE_EQ(bins[2].observed, 1);
}

TEST(Residuals, AreCountedInBarsAndBands) {
  std::vector<double> truth;
  std::vector<double> predicted;
  for (int i = 0; i < 100; ++i) {
    predicted.push_back(i);
    truth.push_back(i + (i % 2 == 0 ? 1 : -1));
  }
  truth.push_back(5);
  predicted.push_back(kNaN);
  const Residuals left = residuals(truth, predicted, 4);
  EXPECT_EQ(left.n, 100U);
  EXPECT_DOUBLE_EQ(left.low, -1);
  EXPECT_DOUBLE_EQ(left.width, 0.5);
  EXPECT_THAT(left.counts, ElementsAre(50, 0, 0, 50));
  ASSERT_EQ(left.bands.size(), 10U);
  EXPECT_DOUBLE_EQ(left.bands[0].predicted, 4.5);
  EXPECT_DOUBLE_EQ(left.bands[9].low, -1);
  EXPECT_DOUBLE_EQ(left.bands[9].high, 1);
}

TEST(Residuals, OfNoRowAndOfEqualOnesAreDrawnToo) {
  EXPECT_EQ(residuals({}, {}, 3).n, 0U);
  const Residuals equal = residuals(std::vector<double>{1, 2}, std::vector<double>{1, 2}, 3);
  EXPECT_GT(equal.width, 0);
  EXPECT_THAT(equal.counts, ElementsAre(2, 0, 0));
}

TEST(ExplainedAlone, IsTheMainEffectOnAFullGrid) {
  // Scores a + b over {0, 2} x {0, 1}: variance 1.25, of which 1 comes of a.
  const std::vector<double> score{0, 1, 2, 3};
  EXPECT_DOUBLE_EQ(explained_alone(std::vector<std::size_t>{0, 0, 1, 1}, score).value(), 0.8);
  EXPECT_DOUBLE_EQ(explained_alone(std::vector<std::size_t>{0, 1, 0, 1}, score).value(), 0.2);
}

TEST(ExplainedAlone, SaysNothingWhereNothingCanBeSaid) {
  const std::vector<double> score{1, 2, 3};
  EXPECT_FALSE(explained_alone(std::vector<std::size_t>{0, 1, 2}, score));                        // no value twice
  EXPECT_FALSE(explained_alone(std::vector<std::size_t>{0, 0, 1}, std::vector<double>{5, 5, 5}));  // all equal
  EXPECT_FALSE(explained_alone(std::vector<std::size_t>{0, 0}, std::vector<double>{kNaN, 1}));
  EXPECT_TRUE(explained_alone(std::vector<std::size_t>{0, 0, 1, 1}, std::vector<double>{kNaN, 1, 2, 3}));
}

TEST(Similar, GroupsNumbersOfEqualSizeAndKeepsEqualOnesTogether) {
  EXPECT_THAT(similar(std::vector<double>{4, 1, 3, 2}, 2), ElementsAre(1, 0, 1, 0));
  EXPECT_THAT(similar(std::vector<double>{1, 1, 1, kNaN}, 2), ElementsAre(0, 0, 0, 2));
}

// Expected p: scipy.stats.t.sf(abs(t), 4) * 2 with the corrected variance.
TEST(PairedTest, CorrectsTheVarianceForOverlappingFolds) {
  const std::vector<double> a{0.80, 0.82, 0.85, 0.79, 0.84};
  const std::vector<double> b{0.78, 0.79, 0.84, 0.78, 0.80};
  const auto test = paired_test(a, b, 0.25);
  ASSERT_TRUE(test);
  EXPECT_NEAR(test->difference, 0.022, 1e-12);
  const double deviation = std::sqrt(0.00017);  // of 0.02 0.03 0.01 0.01 0.04
  EXPECT_NEAR(test->p, two_sided_p(0.022 / (deviation * std::sqrt(0.2 + 0.25)), 4), 1e-9);
  EXPECT_NEAR(two_sided_p(2.776445105, 4), 0.05, 1e-9);
  EXPECT_FALSE(paired_test(std::vector<double>{1}, std::vector<double>{2}, 1));
  EXPECT_DOUBLE_EQ(paired_test(a, a, 0.25)->p, 1);
}

// Up to 3 lie four of five rows here and one of four there.
TEST(Drift, IsTheGreatestDifferenceBetweenSharesOfRows) {
  const Drift found = drift(std::vector<double>{5, 2, 1, 3, 2}, std::vector<double>{6, 2, 5, 4}, 5);
  EXPECT_DOUBLE_EQ(found.distance, 0.55);
  EXPECT_DOUBLE_EQ(found.mean_before, 2.6);
  EXPECT_DOUBLE_EQ(found.mean_after, 4.25);
  EXPECT_EQ(found.low, 1);
  EXPECT_EQ(found.width, 1);
  EXPECT_THAT(found.before, ElementsAre(1, 2, 1, 0, 1));
  EXPECT_THAT(found.after, ElementsAre(0, 1, 0, 1, 2));
}

TEST(Drift, SeesThatMoreIsMissingAndThatOneSideHasNothing) {
  const Drift missing = drift(std::vector<double>{1, 2, 3, 4}, std::vector<double>{1, 2, kNaN, kNaN}, 4);
  EXPECT_DOUBLE_EQ(missing.distance, 0.5);
  EXPECT_DOUBLE_EQ(missing.missing_after, 0.5);
  EXPECT_EQ(drift(std::vector<double>{1, 2}, std::vector<double>{7, 8}, 3).distance, 1);
  EXPECT_EQ(drift(std::vector<double>{1, 2}, std::vector<double>{1, 2}, 3).distance, 0);
  EXPECT_EQ(drift(std::vector<double>{kNaN}, std::vector<double>{kNaN}, 3).distance, 0);
  EXPECT_EQ(drift(std::vector<double>{kNaN}, std::vector<double>{2}, 3).distance, 1);
  EXPECT_TRUE(std::isnan(drift({}, std::vector<double>{2}, 3).distance));
}

TEST(Drift, TakesValuesThatLieAsFarApartAsNumbersCan) {
  const Drift found = drift(std::vector<double>{-1e308}, std::vector<double>{1e308}, 4);
  EXPECT_EQ(found.distance, 1);
  EXPECT_EQ(found.before[0] + found.before[3], 1);
}

TEST(Drift, OfNamesIsHalfTheSumOfDifferencesBetweenTheirShares) {
  const Drift found = drift_of_names(std::vector<std::int32_t>{0, 0, 1, 1}, std::vector<std::int32_t>{0, 2, 2, -1}, 3);
  EXPECT_DOUBLE_EQ(found.distance, 0.75);
  EXPECT_DOUBLE_EQ(found.missing_after, 0.25);
  EXPECT_THAT(found.before, ElementsAre());
}

TEST(ErrorGroups, SumUpTheRowsOfAGroup) {
  const std::vector<double> value{4, 1, 2, kNaN, 5, 9};
  const std::vector<std::size_t> group{1, 0, 0, 8, 1, 1};
  const std::vector<double> error{1, 0, 1, 1, 3, kNaN};  // the last one has no prediction
  const std::vector<double> residual{-1, 0, 1, -1, 3, kNaN};
  const std::vector<ErrorGroup> found = error_groups(value, group, error, residual);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].low, 1);
  EXPECT_EQ(found[0].high, 2);
  EXPECT_EQ(found[0].n, 2U);
  EXPECT_DOUBLE_EQ(found[0].error, 0.5);
  EXPECT_DOUBLE_EQ(found[0].standard_error, 0.5);
  EXPECT_DOUBLE_EQ(found[0].residual, 0.5);
  EXPECT_EQ(found[1].high, 5);
  EXPECT_DOUBLE_EQ(found[1].error, 2);
  EXPECT_TRUE(std::isnan(found[2].low));
  EXPECT_TRUE(std::isnan(found[2].standard_error));
  EXPECT_TRUE(std::isnan(error_groups(value, group, error, {})[0].residual));
}

}  // namespace
}  // namespace gridmill::report
