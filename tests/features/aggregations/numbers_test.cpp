#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "grouped.hpp"

namespace gridmill::features::test {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pointwise;

// Groups: empty, one row, all missing, constant, ties with a missing one, unequal.
Grouped awkward(Semantics semantics = Semantics::featuretools) {
  return groups_of({{}, {4}, {kMissing, kMissing}, {0.1, 0.1, 0.1}, {2, 1, kMissing, 2, 3}, {1, 2, 3, 10}}, semantics);
}

std::vector<double> of(const std::string& name, core::Params arguments = {}) {
  return awkward().numbers_of(name, std::move(arguments));
}
std::vector<double> strict(const std::string& name) { return awkward(Semantics::strict).numbers_of(name); }

MATCHER(AreEqual, "") {
  return (std::isnan(std::get<0>(arg)) && std::isnan(std::get<1>(arg))) || std::get<0>(arg) == std::get<1>(arg);
}
MATCHER(AreNear, "") {
  const auto [found, expected] = arg;
  return (std::isnan(found) && std::isnan(expected)) || std::abs(found - expected) <= 1e-14 * std::abs(expected);
}
auto Are(std::vector<double> expected) { return Pointwise(AreEqual(), std::move(expected)); }
auto AreAbout(std::vector<double> expected) { return Pointwise(AreNear(), std::move(expected)); }

TEST(NumberAggregations, count_rows_sums_and_means) {
  EXPECT_THAT(of("count"), Are({0, 1, 2, 3, 5, 4}));
  EXPECT_THAT(of("sum"), AreAbout({kMissing, 4, 0, 0.3, 8, 16}));
  EXPECT_THAT(of("mean"), AreAbout({kMissing, 4, kMissing, 0.1, 2, 4}));
  EXPECT_THAT(of("mean", {{"skipna", false}}), AreAbout({kMissing, 4, kMissing, 0.1, kMissing, 4}));
}

TEST(NumberAggregations, find_extremes_and_how_often_they_occur) {
  EXPECT_THAT(of("min"), Are({kMissing, 4, kMissing, 0.1, 1, 1}));
  EXPECT_THAT(of("max"), Are({kMissing, 4, kMissing, 0.1, 3, 10}));
  EXPECT_THAT(of("max_min_delta"), Are({kMissing, 0, kMissing, 0, 2, 9}));
  EXPECT_THAT(of("min_count"), Are({kMissing, 1, kMissing, 3, 1, 1}));
  EXPECT_THAT(of("max_count"), Are({kMissing, 1, kMissing, 3, 1, 1}));
  EXPECT_THAT(of("max_count", {{"skipna", false}}), Are({kMissing, 1, kMissing, 3, kMissing, 1}));
}

/// Two groups of whole numbers that doubles do not tell apart; b is 2^53.
TEST(NumberAggregations, keep_what_doubles_do_not_hold) {
  constexpr std::int64_t b = std::int64_t{1} << 53;
  Grouped grouped;
  grouped.columns.push_back({Column::Numbers::of(std::vector<std::int64_t>{b + 1, b, b + 1, b + 1, b + 3}), nullptr});
  grouped.offsets = {0, 3, 5};
  EXPECT_EQ(grouped.outputs("max")[0].numbers().integer(0), b + 1);
  EXPECT_EQ(grouped.outputs("min")[0].numbers().integer(1), b + 1);
  EXPECT_EQ(grouped.outputs("sum")[0].numbers().integer(0), 3 * b + 2);
  EXPECT_EQ(grouped.outputs("last")[0].numbers().integer(1), b + 3);
  EXPECT_THAT(grouped.numbers_of("max_min_delta"), Are({1, 2}));
  EXPECT_THAT(grouped.numbers_of("max_count"), Are({2, 1}));
  EXPECT_THAT(grouped.numbers_of("min_count"), Are({1, 1}));
  EXPECT_THAT(grouped.outputs("has_no_duplicates")[0].booleans(), ElementsAre(0, 1));
  EXPECT_THAT(grouped.outputs("is_monotonically_increasing")[0].booleans(), ElementsAre(0, 1));
  EXPECT_THAT(grouped.outputs("is_monotonically_decreasing")[0].booleans(), ElementsAre(0, 0));
}

TEST(NumberAggregations, take_variances_of_samples) {
  EXPECT_THAT(of("variance"), AreAbout({kMissing, kMissing, kMissing, 0, 2.0 / 3, 50.0 / 3}));
  EXPECT_THAT(of("std"), AreAbout({kMissing, kMissing, kMissing, 0, std::sqrt(2.0 / 3), std::sqrt(50.0 / 3)}));
  EXPECT_THAT(of("coefficient_of_variation"),
              AreAbout({kMissing, kMissing, kMissing, 0, std::sqrt(2.0 / 3) / 2, std::sqrt(50.0 / 3) / 4}));
}

TEST(NumberAggregations, take_skewness_of_three_values_or_more) {
  // Deviations of the last group: -3, -2, -1, 6; sums of squares 50, cubes 180.
  EXPECT_THAT(of("skew"),
              AreAbout({kMissing, kMissing, kMissing, 0, 0, 4 * std::sqrt(3.0) / 2 * 180 / std::pow(50, 1.5)}));
  EXPECT_TRUE(std::isnan(strict("skew")[3])) << "strict: undefined where all values are equal";
}

TEST(NumberAggregations, take_kurtosis_as_scipy_does) {
  const double biased = (81.0 + 16 + 1 + 1296) / 4 / (12.5 * 12.5) - 3;
  EXPECT_THAT(of("kurtosis"), AreAbout({kMissing, kMissing, kMissing, kMissing, kMissing, biased}));
  EXPECT_THAT(of("kurtosis", {{"nan_policy", "omit"}, {"fisher", false}}),
              AreAbout({kMissing, kMissing, kMissing, kMissing, 2, biased + 3}));
  EXPECT_THAT(of("kurtosis", {{"bias", false}})[5], DoubleNear(3.0 / (2 * 1) * (5 * biased + 6), 1e-12));
}

TEST(NumberAggregations, keep_digits_at_great_offsets) {
  std::vector<double> x;
  for (const double value : {0.0, 1.0, 2.0, 2.0, 10.0}) x.push_back(value + 1e12);
  const Grouped grouped = groups_of({x});
  EXPECT_THAT(grouped.numbers_of("variance")[0], DoubleNear(16, 1e-12));
  // Deviations -3, -2, -1, -1, 7: sums of squares 64, cubes 306.
  EXPECT_THAT(grouped.numbers_of("skew")[0], DoubleNear(5 * std::sqrt(4.0) / 3 * 306 / std::pow(64, 1.5), 1e-12));
}

TEST(NumberAggregations, let_infinities_through) {
  const double infinite = std::numeric_limits<double>::infinity();
  const Grouped grouped = groups_of({{infinite, 1}, {infinite, -infinite, 1}});
  EXPECT_THAT(grouped.numbers_of("sum"), Are({infinite, kMissing}));
  EXPECT_THAT(grouped.numbers_of("max"), Are({infinite, infinite}));
  EXPECT_THAT(grouped.numbers_of("std"), Are({kMissing, kMissing}));
  EXPECT_THAT(grouped.numbers_of("count_above_mean"), Are({0, kMissing}));
}

TEST(NumberAggregations, count_beside_the_mean) {
  EXPECT_THAT(groups_of({{}, {kMissing}, {1, 2, 3, 10, kMissing}, {5}}).numbers_of("count_above_mean"),
              Are({kMissing, kMissing, 1, 0}));
  EXPECT_THAT(groups_of({{}, {kMissing}, {1, 2, 3, 10, kMissing}, {5}}).numbers_of("count_below_mean"),
              Are({kMissing, kMissing, 3, 0}));
  EXPECT_THAT(of("count_inside_nth_std"), Are({kMissing, 1, 0, 3, 2, 3}));
  EXPECT_THAT(of("count_outside_nth_std"), Are({kMissing, 0, 0, 0, 2, 1}));
}

TEST(NumberAggregations, count_beside_bounds) {
  EXPECT_THAT(of("count_greater_than", {{"threshold", 2}}), Are({kMissing, 1, 0, 0, 1, 2}));
  EXPECT_THAT(of("count_less_than", {{"threshold", 2}}), Are({kMissing, 0, 0, 3, 1, 1}));
  EXPECT_THAT(of("count_inside_range"), Are({kMissing, 0, 0, 3, 1, 1}));
  EXPECT_THAT(of("count_outside_range"), Are({kMissing, 1, 0, 0, 3, 3}));
  EXPECT_THAT(of("count_inside_range", {{"skipna", false}}), Are({kMissing, 0, kMissing, 3, kMissing, 1}));
}

TEST(NumberAggregations, are_missing_where_nothing_is_known_if_strict) {
  EXPECT_THAT(strict("count"), Are({0, 1, 2, 3, 5, 4}));
  EXPECT_THAT(strict("sum"), AreAbout({0, 4, kMissing, 0.3, 8, 16}));
  EXPECT_THAT(strict("count_inside_range"), Are({0, 0, kMissing, 3, 1, 1}));
  EXPECT_THAT(strict("num_peaks"), Are({0, 0, kMissing, 0, 0, 0}));
}

TEST(NumberAggregations, take_medians_and_quantiles) {
  EXPECT_THAT(of("median"), Are({kMissing, 4, kMissing, 0.1, 2, 2.5}));
  EXPECT_THAT(of("median_count"), Are({kMissing, 1, kMissing, 3, 2, 0}));
  EXPECT_THAT(of("median_count", {{"skipna", false}}), Are({kMissing, 1, kMissing, 3, kMissing, 0}));
  EXPECT_THAT(of("quantile", {{"q", 0.25}}), AreAbout({kMissing, 4, kMissing, 0.1, 1.75, 1.75}));
  EXPECT_THAT(of("quantile", {{"q", 1}}), Are({kMissing, 4, kMissing, 0.1, 3, 10}));
  EXPECT_THAT(of("iqr"), AreAbout({kMissing, 0, kMissing, 0, 0.5, 3}));
}

TEST(NumberAggregations, sort_large_groups_too) {
  std::vector<double> x;
  for (int i = 0; i < 101; ++i) x.push_back(i * 37 % 101);
  EXPECT_THAT(groups_of({x, {3, 1}}).numbers_of("median"), Are({50, 2}));
  EXPECT_THAT(groups_of({x, {3, 1}}).booleans_of("has_no_duplicates"), ElementsAre(1, 1));
  x.push_back(17);
  EXPECT_THAT(groups_of({x, {3, 3}}).booleans_of("has_no_duplicates"), ElementsAre(0, 0));
}

TEST(NumberAggregations, count_distinct_numbers) {
  EXPECT_THAT(of("count_distinct_over_count"), AreAbout({kMissing, 1, kMissing, 1.0 / 3, 0.75, 1}));
  EXPECT_THAT(awkward().booleans_of("has_no_duplicates"), ElementsAre(kUnknown, 1, 1, 0, 0, 1));
  EXPECT_THAT(awkward().booleans_of("has_no_duplicates", {{"skipna", false}}), ElementsAre(kUnknown, 1, 0, 0, 0, 1));
}

TEST(NumberAggregations, follow_the_order_of_rows) {
  const Grouped grouped = groups_of({{}, {5}, {kMissing}, {1, kMissing, 1, 2}, {3, 2, 2, -1}, {1, 3, 2}});
  EXPECT_THAT(grouped.numbers_of("first"), Are({kMissing, 5, kMissing, 1, 3, 1}));
  EXPECT_THAT(grouped.numbers_of("last"), Are({kMissing, 5, kMissing, 2, -1, 2}));
  EXPECT_THAT(grouped.booleans_of("is_monotonically_increasing"), ElementsAre(kUnknown, 1, 1, 1, 0, 0));
  EXPECT_THAT(grouped.booleans_of("is_monotonically_decreasing"), ElementsAre(kUnknown, 1, 1, 0, 1, 0));
  EXPECT_THAT(grouped.numbers_of("mean_of_last", {{"n", 2}}), Are({kMissing, 5, kMissing, 1.5, 0.5, 2.5}));
}

TEST(NumberAggregations, find_crossings_and_peaks) {
  const Grouped grouped =
      groups_of({{1, 0, -1, kMissing, 2, 2}, {0, 0}, {1, 3, 3, 1}, {3, 1, 3}, {1, 2, kMissing, 1, 2, 0}});
  EXPECT_THAT(grouped.numbers_of("num_zero_crossings"), Are({2, 0, 0, 0, 0}));
  EXPECT_THAT(grouped.numbers_of("num_peaks"), Are({0, 0, 1, 0, 1}));
}

TEST(NumberAggregations, find_longest_runs) {
  const Grouped grouped = groups_of({{}, {kMissing}, {-1, kMissing, -2, 0, 0, 5}, {1, 1, 9, 9, 1}});
  EXPECT_THAT(grouped.numbers_of("max_consecutive_negatives"), Are({kMissing, 0, 2, 0}));
  EXPECT_THAT(grouped.numbers_of("max_consecutive_negatives", {{"skipna", false}}), Are({kMissing, 0, 1, 0}));
  EXPECT_THAT(grouped.numbers_of("max_consecutive_positives"), Are({kMissing, 0, 1, 5}));
  EXPECT_THAT(grouped.numbers_of("max_consecutive_zeros"), Are({kMissing, 0, 2, 0}));
  EXPECT_THAT(grouped.numbers_of("num_consecutive_greater_mean"), Are({kMissing, 0, 1, 2}));
  EXPECT_THAT(grouped.numbers_of("num_consecutive_less_mean"), Are({kMissing, 0, 4, 2}));
}

}  // namespace
}  // namespace gridmill::features::test
