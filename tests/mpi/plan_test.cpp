#include "mpi/plan.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::mpi {
namespace {

std::vector<TaskId> drain(Plan& plan, std::size_t node) {
  std::vector<TaskId> order;
  while (const auto task = plan.next(node)) order.push_back(*task);
  return order;
}

TEST(plan, of_no_tasks_is_done) {
  Plan plan({});
  EXPECT_TRUE(plan.done());
  EXPECT_FALSE(plan.next(0));
}

TEST(plan, starts_the_longest_first_and_equal_ones_by_id) {
  Plan plan({{.cost = 1}, {.cost = 5}, {.cost = 5}, {.cost = 9}});
  EXPECT_EQ(drain(plan, 0), (std::vector<TaskId>{3, 1, 2, 0}));
}

TEST(plan, keeps_a_node_with_its_key_and_others_away_from_it) {
  Plan plan(
      {{.cost = 9, .affinity = 7}, {.cost = 1, .affinity = 7}, {.cost = 5, .affinity = 8}, {.cost = 4, .affinity = 8}});
  EXPECT_EQ(plan.next(0), 0U);
  EXPECT_EQ(plan.next(1), 2U);
  EXPECT_EQ(plan.next(0), 1U);
  EXPECT_EQ(plan.next(0), 3U);  // its own key is used up: it helps
  EXPECT_FALSE(plan.next(1));
}

TEST(plan, holds_back_what_waits_for_others) {
  Plan plan({{.cost = 9, .after = {1, 2}}, {.cost = 1}, {.cost = 2}});
  EXPECT_EQ(drain(plan, 0), (std::vector<TaskId>{2, 1}));
  plan.finish(1);
  EXPECT_FALSE(plan.next(0));
  plan.finish(2);
  plan.finish(2);
  EXPECT_EQ(plan.next(0), 0U);
  EXPECT_FALSE(plan.done());
  plan.finish(0);
  EXPECT_TRUE(plan.done());
}

TEST(plan, does_not_run_what_is_finished_beforehand) {
  Plan plan({{}, {.after = {0}}});
  plan.finish(0);
  EXPECT_EQ(drain(plan, 0), (std::vector<TaskId>{1}));
}

TEST(plan, refuses_tasks_that_wait_in_a_circle) {
  EXPECT_THROW(Plan(std::vector<Task>{{.after = {1}}, {.after = {0}}}), core::InternalError);
  EXPECT_THROW(Plan(std::vector<Task>{{.after = {4}}}), core::InternalError);
}

}  // namespace
}  // namespace gridmill::mpi
