#include <cmath>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "grouped.hpp"

namespace gridmill::features::test {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

constexpr std::int64_t kNever = core::kMissingTime;

// Groups: empty, one row, a missing time, days 0, 1 and 4.
Grouped moments_in_time() {
  Grouped grouped;
  grouped.columns.push_back(times({7 * kDay, kNever, 0, kDay, 4 * kDay}));
  grouped.offsets = {0, 0, 1, 2, 5};
  grouped.cutoff = 10 * kDay;
  return grouped;
}

TEST(TimeAggregations, span_from_first_to_last) {
  const Grouped grouped = moments_in_time();
  EXPECT_THAT(grouped.numbers_of("first_last_time_delta"),
              ElementsAre(IsValue(kMissing), 0, IsValue(kMissing), 4 * 86400));
  EXPECT_THAT(grouped.numbers_of("avg_time_between", {{"unit", "days"}}),
              ElementsAre(IsValue(kMissing), IsValue(kMissing), IsValue(kMissing), 2));
  EXPECT_THAT(grouped.outputs("date_first_event")[0].times(), ElementsAre(kNever, 7 * kDay, kNever, 0));
}

TEST(TimeAggregations, count_from_the_cutoff) {
  const Grouped grouped = moments_in_time();
  EXPECT_THAT(grouped.numbers_of("time_since_first"),
              ElementsAre(IsValue(kMissing), 3 * 86400, IsValue(kMissing), 10 * 86400));
  EXPECT_THAT(grouped.numbers_of("time_since_last", {{"unit", "hours"}}),
              ElementsAre(IsValue(kMissing), 72, IsValue(kMissing), 144));
}

TEST(TimeAggregations, take_the_times_of_the_first_and_last_row_unless_strict) {
  Grouped grouped = one_group({times({kNever, kDay, 2 * kDay, kNever})});
  grouped.cutoff = 3 * kDay;
  EXPECT_THAT(grouped.numbers_of("time_since_first"), ElementsAre(IsValue(kMissing)));
  EXPECT_THAT(grouped.numbers_of("time_since_last"), ElementsAre(IsValue(kMissing)));
  grouped.semantics = Semantics::strict;
  EXPECT_THAT(grouped.numbers_of("time_since_first"), ElementsAre(2 * 86400));
  EXPECT_THAT(grouped.numbers_of("time_since_last"), ElementsAre(86400));
}

TEST(TimeAggregations, find_the_last_of_a_truth_and_the_first_of_an_extreme) {
  Grouped grouped = one_group({times({0, kDay, 2 * kDay, kNever}), booleans({1, 0, kUnknown, 1})});
  grouped.cutoff = 3 * kDay;
  EXPECT_THAT(grouped.numbers_of("time_since_last_true"), ElementsAre(3 * 86400));
  EXPECT_THAT(grouped.numbers_of("time_since_last_false"), ElementsAre(2 * 86400));
  grouped.columns[1] = numbers({5, 2, 5, 9});
  EXPECT_THAT(grouped.numbers_of("time_since_last_max"), ElementsAre(3 * 86400));
  EXPECT_THAT(grouped.numbers_of("time_since_last_min"), ElementsAre(2 * 86400));
  grouped.columns[1] = numbers({kMissing, kMissing, kMissing, 9});
  EXPECT_THAT(grouped.numbers_of("time_since_last_min"), ElementsAre(IsValue(kMissing)));
}

TEST(TimeAggregations, count_distinct_periods) {
  // 1970 began on a Thursday: the fourth day after is a Monday.
  const Grouped grouped = one_group({times({0, kHour, 3 * kDay, 4 * kDay, 31 * kDay, 365 * kDay, -1, kNever})});
  EXPECT_THAT(grouped.numbers_of("n_unique_days"), ElementsAre(6));
  EXPECT_THAT(grouped.numbers_of("n_unique_weeks"), ElementsAre(4));
  EXPECT_THAT(grouped.numbers_of("n_unique_months"), ElementsAre(4));
  EXPECT_THAT(grouped.numbers_of("n_unique_days_of_month"), ElementsAre(4));
  EXPECT_THAT(grouped.numbers_of("n_unique_days_of_calendar_year"), ElementsAre(5));
}

TEST(TimeAggregations, count_distinct_periods_of_large_groups) {
  std::vector<std::int64_t> moments;
  for (std::int64_t i = 0; i < 100; ++i) moments.push_back((i * 7 % 100) * kDay / 2);
  EXPECT_THAT(one_group({times(moments)}).numbers_of("n_unique_days"), ElementsAre(50));
}

double trend_from(std::int64_t start, Semantics semantics = Semantics::featuretools) {
  Grouped grouped = one_group({numbers({1, 3, kMissing, 4}), times({0, kDay, 2 * kDay, 3 * kDay})}, semantics);
  for (std::int64_t& time : std::get<Column::Times>(grouped.columns[1].values)) time += start;
  return grouped.numbers_of("trend")[0];
}

TEST(TimeAggregations, fit_a_trend_per_the_unit_of_the_first_time) {
  // Times 0, 1, 3 about 4/3; values 1, 3, 4 about 8/3: slope (20/9 - 1/9 + 20/9) / (16/9 + 1/9 + 25/9).
  const double per_day = 39.0 / 42;
  EXPECT_THAT(trend_from(18'000 * kDay), DoubleNear(per_day, 1e-13));
  EXPECT_THAT(trend_from(18'000 * kDay + kHour), DoubleNear(per_day / 24, 1e-13));
  EXPECT_THAT(trend_from(18'000 * kDay + 60 * kSecond), DoubleNear(per_day / 1440, 1e-13));
  EXPECT_THAT(trend_from(18'000 * kDay + kSecond), DoubleNear(per_day / 86400, 1e-13));
  EXPECT_THAT(trend_from(18'000 * kDay + kSecond, Semantics::strict), DoubleNear(per_day, 1e-13));
}

TEST(TimeAggregations, fit_no_trend_to_fewer_than_three_or_to_one_time) {
  EXPECT_THAT(one_group({numbers({1, 3}), times({0, kDay})}).numbers_of("trend"), ElementsAre(IsValue(kMissing)));
  const std::vector<Column> at_once{numbers({1, 3, 4}), times({kDay, kDay, kDay})};
  EXPECT_THAT(one_group(at_once).numbers_of("trend"), ElementsAre(0));
  EXPECT_THAT(one_group(at_once, Semantics::strict).numbers_of("trend"), ElementsAre(IsValue(kMissing)));
}

TEST(TimeAggregations, weigh_values_by_their_age) {
  const Grouped grouped = one_group({numbers({8, kMissing, 2}), times({0, 20 * kDay, 30 * kDay})});
  EXPECT_THAT(grouped.numbers_of("ewma"), ElementsAre(DoubleNear((8 * 0.5 + 2) / 1.5, 1e-15)));
  EXPECT_THAT(grouped.numbers_of("ewma", {{"half_life", 15}}), ElementsAre(DoubleNear((8 * 0.25 + 2) / 1.25, 1e-15)));
}

TEST(TimeAggregations, take_the_entropy_of_gaps) {
  const auto entropy = [](std::vector<std::int64_t> moments) {
    return one_group({times(std::move(moments))}).numbers_of("entropy_of_gaps")[0];
  };
  EXPECT_THAT(entropy({0, kDay, 2 * kDay, 3 * kDay}), DoubleNear(std::log(3), 1e-15));
  EXPECT_THAT(entropy({0, 0, 4 * kDay}), 0);
  EXPECT_THAT(entropy({kDay, kDay}), IsValue(kMissing));
}

}  // namespace
}  // namespace gridmill::features::test
