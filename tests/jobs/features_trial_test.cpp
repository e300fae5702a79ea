#include "jobs/features/result/features_trial.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace gridmill::jobs {
namespace {

TEST(FeaturesTrial, tells_what_each_beginning_takes_from_what_a_row_takes) {
  const TrialCost cost = cost_of(16, 1.016, 116, 1.116);
  EXPECT_NEAR(cost.begin_s, 1.0, 1e-12);
  EXPECT_NEAR(cost.row_s, 0.001, 1e-12);
  EXPECT_NEAR(cost.of(2, 10'000), 12.0, 1e-9);
}

TEST(FeaturesTrial, bears_times_that_more_rows_do_not_lengthen_or_lengthen_too_much) {
  EXPECT_EQ(cost_of(16, 0.3, 64, 0.2).row_s, 0);
  EXPECT_EQ(cost_of(16, 0.3, 64, 0.2).of(1, 1000), 0.2);
  EXPECT_EQ(cost_of(16, 0.0, 64, 0.32).of(1, 1000), 5.0);  // never less than nothing to begin
  EXPECT_EQ(cost_of(16, 0.4, 16, 0.4).of(1, 160), 4.0);
}

FeaturesTrial trial() {
  return {.n_rows = 100,
          .rows_at_a_time = 500,
          .evaluate = {.begin_s = 1, .row_s = 0.01},
          .write = {.begin_s = 0.5, .row_s = 0.001},
          .encode_s = 0.1,
          .csv_s = 0.2,
          .n_encoded = 3,
          .seconds = 1};
}

constexpr double kReport_s = 0.1;
const std::vector<PartRange> kTwoParts{{.first = 0, .n = 500}, {.first = 500, .n = 500}};

TEST(FeaturesTrial, adds_up_slices_and_parts_and_shares_them_among_ranks) {
  const JobForecast forecast = foresee_features(trial(), kTwoParts);
  EXPECT_DOUBLE_EQ(forecast.seconds({}), 2 * (1 + 5 + 0.5 + 0.5) + 1 + 2 + kReport_s);
  EXPECT_DOUBLE_EQ(forecast.seconds({.ranks_per_node = 2}), kStart_s + 1 + 5 + 0.5 + 0.5 + 0.5 + 2 + kReport_s);
  EXPECT_DOUBLE_EQ(forecast.seconds({.ranks_per_node = 8}), forecast.seconds({.ranks_per_node = 2}))
      << "there are two parts";
  EXPECT_EQ(forecast.text({}), "some 17 s (13 s to 22 s), from 100 rows, in 1 s");
}

TEST(FeaturesTrial, counts_what_one_rank_copies_in_full) {
  FeaturesTrial copies = trial();
  copies.copy = {.begin_s = 0.5, .row_s = 0.001};
  EXPECT_DOUBLE_EQ(foresee_features(copies, kTwoParts).seconds({}),
                   foresee_features(trial(), kTwoParts).seconds({}) + 1.5);
}

TEST(FeaturesTrial, shares_the_work_of_leaving_out_features_among_ranks_or_says_that_it_is_not_known) {
  FeaturesTrial selecting = trial();
  selecting.selects = true;
  EXPECT_TRUE(foresee_features(selecting, kTwoParts).measured_by.ends_with("without what leaving out features takes"));
  selecting.select_s = 0.4;
  const JobForecast forecast = foresee_features(selecting, kTwoParts);
  EXPECT_EQ(forecast.measured_by, foresee_features(trial(), kTwoParts).measured_by);
  EXPECT_NEAR(forecast.seconds({}), foresee_features(trial(), kTwoParts).seconds({}) + 4, 1e-9);
  EXPECT_NEAR(forecast.seconds({.ranks_per_node = 2}),
              foresee_features(trial(), kTwoParts).seconds({.ranks_per_node = 2}) + 2, 1e-9);
}

TEST(FeaturesTrial, begins_a_slice_as_often_as_memory_asks_for) {
  FeaturesTrial narrow = trial();
  narrow.rows_at_a_time = 100;
  EXPECT_DOUBLE_EQ(foresee_features(narrow, kTwoParts).seconds({}),
                   foresee_features(trial(), kTwoParts).seconds({}) + 8);
}

}  // namespace
}  // namespace gridmill::jobs
