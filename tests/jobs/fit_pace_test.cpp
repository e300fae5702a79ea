#include "jobs/search/fit_pace.hpp"

#include <gtest/gtest.h>

namespace gridmill::jobs {
namespace {

PacedFit fit(std::size_t number, double n_rows, double cost, const char* key = "k") {
  return {.number = number, .key = key, .n_rows = n_rows, .cost = cost};
}

TEST(FitPace, is_known_as_soon_as_a_fit_was_timed) {
  FitPace pace;
  EXPECT_FALSE(pace.is_known());
  pace.add_level(100);
  EXPECT_FALSE(pace.is_known());
  pace.add(fit(0, 100, 2), 1);
  EXPECT_TRUE(pace.is_known());
  EXPECT_EQ(pace.most_rows(), 100);
}

TEST(FitPace, gives_back_what_was_timed_and_scales_it_by_cost) {
  FitPace pace;
  pace.add_level(100);
  pace.add(fit(0, 100, 2), 1);
  pace.add(fit(1, 100, 2), 5);
  EXPECT_DOUBLE_EQ(pace.seconds(fit(0, 100, 2)), 1);
  EXPECT_DOUBLE_EQ(pace.seconds(fit(1, 100, 2)), 5);
  EXPECT_DOUBLE_EQ(pace.seconds(fit(1, 200, 8)), 20) << "more rows than any that were tried";
}

TEST(FitPace, takes_the_nearest_costs_of_the_same_key_for_a_candidate_that_was_not_tried) {
  FitPace pace;
  pace.add_level(100);
  pace.add(fit(0, 100, 1), 1);
  pace.add(fit(1, 100, 10), 10);
  pace.add(fit(2, 100, 1000), 9000);
  pace.add(fit(3, 100, 3, "other"), 300);
  EXPECT_DOUBLE_EQ(pace.seconds(fit(9, 100, 3)), 3);
  EXPECT_DOUBLE_EQ(pace.seconds(fit(9, 100, 3, "other")), 300);
  EXPECT_DOUBLE_EQ(pace.seconds(fit(9, 100, 2, "third")), 2 * (1 + 10 + 9000 + 300) / (1 + 10 + 1000 + 3.0));
}

TEST(FitPace, trusts_the_rate_of_an_equal_cost_more_than_that_of_a_greater_one) {
  FitPace pace;
  pace.add_level(100);
  pace.add(fit(0, 100, 10), 12);
  pace.add(fit(1, 100, 2), 10);
  EXPECT_DOUBLE_EQ(pace.seconds(fit(9, 100, 2)), 10);
  EXPECT_DOUBLE_EQ(pace.seconds(fit(9, 100, 10)), 12);
}

TEST(FitPace, corrects_what_few_rows_tell_of_a_candidate_by_others_that_were_tried_with_more) {
  FitPace pace;
  pace.add_level(100);
  pace.add(fit(0, 100, 1), 1);
  pace.add(fit(1, 100, 1), 4);
  pace.add_level(1000);
  pace.add(fit(0, 1000, 100), 300);  // three times what its cost lets expect
  EXPECT_DOUBLE_EQ(pace.seconds(fit(0, 1000, 100)), 300);
  EXPECT_DOUBLE_EQ(pace.seconds(fit(1, 1000, 100)), 1200);
  EXPECT_DOUBLE_EQ(pace.seconds(fit(1, 100, 1)), 4);
  EXPECT_EQ(pace.most_rows(), 1000);
}

TEST(FitPace, corrects_by_fits_of_the_same_key_where_there_are_any) {
  FitPace pace;
  pace.add_level(100);
  for (std::size_t i = 0; i < 4; ++i) pace.add(fit(i, 100, 1, i < 2 ? "a" : "b"), 1);
  pace.add_level(200);
  pace.add(fit(0, 200, 1, "a"), 2);
  pace.add(fit(2, 200, 1, "b"), 10);
  EXPECT_DOUBLE_EQ(pace.seconds(fit(1, 200, 1, "a")), 2);
  EXPECT_DOUBLE_EQ(pace.seconds(fit(3, 200, 1, "b")), 10);
}

TEST(FitPace, goes_from_one_level_to_the_next_as_a_power_of_the_rows) {
  FitPace pace;
  pace.add_level(100);
  pace.add(fit(0, 100, 1), 1);
  pace.add_level(10000);
  pace.add(fit(0, 10000, 1), 100);
  EXPECT_NEAR(pace.seconds(fit(0, 1000, 1)), 10, 1e-9);
}

TEST(FitPace, forgets_a_level_at_which_nothing_was_timed) {
  FitPace pace;
  pace.add_level(100);
  pace.add(fit(0, 100, 1), 1);
  pace.add_level(1000);
  EXPECT_EQ(pace.most_rows(), 100);
  EXPECT_DOUBLE_EQ(pace.seconds(fit(0, 1000, 50)), 50);
}

}  // namespace
}  // namespace gridmill::jobs
