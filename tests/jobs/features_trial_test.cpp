#include "jobs/features/result/features_trial.hpp"

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
          .n_parts = 2,
          .evaluate = {.begin_s = 1, .row_s = 0.01},
          .write = {.begin_s = 0.5, .row_s = 0.001},
          .encode_s = 0.1,
          .csv_s = 0.2};
}

TEST(FeaturesTrial, adds_up_slices_and_parts_and_shares_them_among_ranks) {
  EXPECT_EQ(time_text(trial(), 1000, 1), "about 17.0 s on 1 ranks (evaluation 12.0 s, files 5.0 s), from 100 rows");
  EXPECT_EQ(time_text(trial(), 1000, 2), "about 9.5 s on 2 ranks (evaluation 6.0 s, files 3.5 s), from 100 rows");
  EXPECT_EQ(time_text(trial(), 1000, 8), "about 9.5 s on 8 ranks (evaluation 6.0 s, files 3.5 s), from 100 rows");
}

TEST(FeaturesTrial, counts_what_one_rank_copies_in_full) {
  FeaturesTrial copies = trial();
  copies.copy = {.begin_s = 0.5, .row_s = 0.001};
  EXPECT_EQ(time_text(copies, 1000, 1), "about 18.5 s on 1 ranks (evaluation 12.0 s, files 6.5 s), from 100 rows");
  EXPECT_EQ(time_text(copies, 1000, 2), "about 11.0 s on 2 ranks (evaluation 6.0 s, files 5.0 s), from 100 rows");
}

}  // namespace
}  // namespace gridmill::jobs
