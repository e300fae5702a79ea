#include "mpi/farm_forecast.hpp"

#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

namespace gridmill::mpi {
namespace {

ForeseenFarm farm_of(const std::vector<double>& seconds) {
  ForeseenFarm farm;
  for (const double each : seconds) farm.tasks.push_back({.task = {.cost = each}, .seconds = each});
  return farm;
}

TEST(FarmForecast, adds_up_what_one_rank_does) {
  EXPECT_DOUBLE_EQ(farm_seconds(farm_of({1, 2, 3}), {0}), 6);
  EXPECT_EQ(farm_seconds({}, {0}), 0);
}

TEST(FarmForecast, starts_the_longest_first_and_waits_for_the_last) {
  EXPECT_DOUBLE_EQ(farm_seconds(farm_of({1, 2, 3}), {0, 0}), 3);
  EXPECT_DOUBLE_EQ(farm_seconds(farm_of({1, 1, 5}), {0, 0, 0, 0}), 5);
}

TEST(FarmForecast, gives_no_task_to_a_rank_that_only_coordinates) {
  EXPECT_DOUBLE_EQ(farm_seconds(farm_of({2, 2}), {0, 1}, 1), 4);
}

TEST(FarmForecast, has_the_ranks_of_a_node_make_together_what_tasks_share) {
  ForeseenFarm farm = farm_of({1, 1, 1, 1});
  for (ForeseenTask& each : farm.tasks) each.task.affinity = 7;
  farm.shared_s[7] = 10;
  EXPECT_DOUBLE_EQ(farm_seconds(farm, {0}), 14);
  EXPECT_DOUBLE_EQ(farm_seconds(farm, {0, 0}), 5 + 2);
  EXPECT_DOUBLE_EQ(farm_seconds(farm, {0, 1}), 10 + 2) << "each node makes it";
}

TEST(FarmForecast, has_each_rank_make_what_ranks_hold) {
  ForeseenFarm farm = farm_of({1, 1, 1, 1});
  for (ForeseenTask& each : farm.tasks) each.task = {.cost = 1, .affinity = 7, .held_by_rank = true};
  farm.shared_s[7] = 10;
  EXPECT_DOUBLE_EQ(farm_seconds(farm, {0, 0}), 10 + 2);
}

TEST(FarmForecast, takes_twice_the_ranks_for_half_the_time_where_tasks_are_many) {
  const ForeseenFarm farm = farm_of(std::vector<double>(1000, 0.5));
  EXPECT_DOUBLE_EQ(farm_seconds(farm, std::vector<std::size_t>(10, 0)), 50);
  EXPECT_DOUBLE_EQ(farm_seconds(farm, std::vector<std::size_t>(20, 0)), 25);
}

}  // namespace
}  // namespace gridmill::mpi
