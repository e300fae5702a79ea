#include "mpi/dealer.hpp"

#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridmill::mpi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Dealer dealer(std::size_t n_tasks, std::size_t n_ranks, std::size_t first = 0) {
  return {Plan(std::vector<Task>(n_tasks, Task{.cost = 1})), n_ranks, {}, first};
}

TEST(dealer, gives_every_rank_one_task_before_any_gets_a_second_one) {
  EXPECT_THAT(dealer(9, 2).deal(), ElementsAre(ElementsAre(0, 2), ElementsAre(1, 3)));
}

TEST(dealer, lets_no_task_wait_behind_another_near_the_end) {
  EXPECT_THAT(dealer(3, 2).deal(), ElementsAre(ElementsAre(0), ElementsAre(1)));
}

TEST(dealer, gives_nothing_to_ranks_that_only_coordinate) {
  EXPECT_THAT(dealer(4, 3, 1).deal(), ElementsAre(IsEmpty(), SizeIs(1), SizeIs(1)));
}

TEST(dealer, deals_as_many_short_tasks_at_a_time_as_pass_while_a_message_travels) {
  Dealer many = dealer(10000, 2);
  EXPECT_THAT(many.deal(), ElementsAre(SizeIs(2), SizeIs(2)));
  many.finish(0, 0, 0.001);
  EXPECT_THAT(many.deal(), ElementsAre(SizeIs(8), SizeIs(7)))
      << "nine are held, one to run and eight milliseconds of them";
  EXPECT_EQ(many.n_assigned(), 18U);
}

TEST(dealer, does_not_deal_again_what_was_given_back) {
  Dealer few = dealer(2, 1);
  EXPECT_THAT(few.deal(), ElementsAre(ElementsAre(0)));
  few.release(0, 0);
  EXPECT_THAT(few.deal(), ElementsAre(ElementsAre(1)));
  few.finish(0, 1, 1.0);
  EXPECT_THAT(few.deal(), IsEmpty());
  EXPECT_EQ(few.n_assigned(), 0U);
  EXPECT_FALSE(few.plan().done());
}

TEST(dealer, gives_nothing_more_to_a_rank_whose_machine_is_about_to_be_taken_away) {
  Dealer leaving = dealer(20, 2);
  EXPECT_THAT(leaving.deal(), ElementsAre(SizeIs(2), SizeIs(2)));
  leaving.heed(1, HostNotice::leaving);
  leaving.finish(1, 1, 1.0);
  leaving.finish(0, 0, 1.0);
  EXPECT_THAT(leaving.deal(), ElementsAre(SizeIs(1), IsEmpty()));
  EXPECT_TRUE(leaving.has_takers());
  leaving.heed(0, HostNotice::leaving);
  EXPECT_FALSE(leaving.has_takers());
  leaving.finish(0, 2, 1.0);
  EXPECT_THAT(leaving.deal(), ElementsAre(IsEmpty(), IsEmpty()));
}

TEST(dealer, deals_again_what_was_not_begun) {
  Dealer two = dealer(2, 2);
  EXPECT_THAT(two.deal(), ElementsAre(ElementsAre(0), ElementsAre(1)));
  two.heed(1, HostNotice::leaving);
  two.take_back(1, 1);
  EXPECT_THAT(two.deal(), ElementsAre(IsEmpty(), IsEmpty())) << "near the end none waits behind another";
  two.finish(0, 0, 1.0);
  EXPECT_THAT(two.deal(), ElementsAre(ElementsAre(1), IsEmpty()));
  two.finish(0, 1, 1.0);
  EXPECT_TRUE(two.plan().done());
}

TEST(dealer, begins_nothing_long_at_risk_while_others_can) {
  Dealer risky = dealer(40, 2);
  EXPECT_THAT(risky.deal(), ElementsAre(SizeIs(2), SizeIs(2)));
  risky.heed(1, HostNotice::at_risk);
  risky.finish(1, 1, 59.0);
  EXPECT_THAT(risky.deal(), ElementsAre(IsEmpty(), SizeIs(1))) << "what takes less than a minute is not long";
  risky.finish(1, 3, 120.0);
  risky.finish(1, 4, 120.0);
  EXPECT_THAT(risky.deal(), ElementsAre(IsEmpty(), IsEmpty()));
  risky.heed(0, HostNotice::leaving);
  EXPECT_THAT(risky.deal(), ElementsAre(IsEmpty(), SizeIs(2))) << "better there than nowhere";
}

/// Tasks that take as long as they cost, on one rank, dealt until none is left that ends in time. Returns what was
/// done.
std::vector<TaskId> done_within(Dealer& dealer, const std::vector<Task>& tasks, double limit_s, double& clock_s) {
  std::vector<TaskId> done;
  for (auto batches = dealer.deal(limit_s); !batches.empty() && !batches[0].empty();) {
    std::vector<TaskId> more;
    for (const TaskId task : batches[0]) {
      clock_s += tasks[task].cost;
      dealer.finish(0, task, tasks[task].cost);
      done.push_back(task);
      const auto next = dealer.deal(limit_s - clock_s);
      if (!next.empty()) more.insert(more.end(), next[0].begin(), next[0].end());
    }
    batches = {more};
  }
  return done;
}

TEST(dealer, deals_nothing_that_would_not_end_in_time) {
  const std::vector<Task> tasks(20, Task{.cost = 1});
  Dealer hurried{Plan(tasks), 1, {}};
  double clock_s = 0;
  EXPECT_THAT(done_within(hurried, tasks, 7.5, clock_s), SizeIs(7));
  EXPECT_EQ(clock_s, 7);
  EXPECT_EQ(hurried.n_withheld(), 13U);
  EXPECT_EQ(hurried.plan().n_ready(), 0U);
  EXPECT_FALSE(hurried.plan().done());
}

TEST(dealer, deals_a_shorter_task_in_place_of_one_that_would_not_end_in_time) {
  const std::vector<Task> tasks{{.cost = 5}, {.cost = 4}, {.cost = 1}, {.cost = 0.5}};
  Dealer hurried{Plan(tasks), 1, {}};
  double clock_s = 0;
  EXPECT_THAT(done_within(hurried, tasks, 7, clock_s), ElementsAre(0, 2, 3));
  EXPECT_EQ(clock_s, 6.5);
}

TEST(dealer, knows_nothing_of_tasks_of_a_unit_of_which_none_is_done) {
  const std::vector<Task> tasks{{.cost = 5, .unit = 1}, {.cost = 4, .unit = 2}};
  Dealer hurried{Plan(tasks), 1, {}};
  EXPECT_THAT(hurried.deal(1), ElementsAre(ElementsAre(0))) << "and none waits behind it";
  hurried.finish(0, 0, 500);
  EXPECT_THAT(hurried.deal(1), ElementsAre(ElementsAre(1)));
}

TEST(dealer, deals_what_was_withheld_where_it_turns_out_to_be_short) {
  const std::vector<Task> tasks(3, Task{.cost = 10});
  Dealer hurried{Plan(tasks), 2, {}};
  EXPECT_THAT(hurried.deal(600), ElementsAre(ElementsAre(0), ElementsAre(1)));
  hurried.finish(0, 0, 1000);
  EXPECT_THAT(hurried.deal(600), ElementsAre(SizeIs(0), SizeIs(0)));
  EXPECT_EQ(hurried.n_withheld(), 1U);
  hurried.finish(1, 1, 10);
  EXPECT_THAT(hurried.deal(600), ElementsAre(ElementsAre(2), SizeIs(0)));
  EXPECT_EQ(hurried.n_withheld(), 0U);
}

TEST(dealer, withholds_nothing_where_time_is_long) {
  const std::vector<Task> tasks(50, Task{.cost = 1});
  Dealer leisurely{Plan(tasks), 1, {}};
  double clock_s = 0;
  EXPECT_THAT(done_within(leisurely, tasks, 1000, clock_s), SizeIs(50));
  EXPECT_EQ(leisurely.n_withheld(), 0U);
}

TEST(dealer, is_soon_idle_where_tasks_are_known_to_be_short) {
  Dealer some = dealer(20, 2);
  EXPECT_TRUE(some.is_soon_idle());
  EXPECT_THAT(some.deal(), ElementsAre(ElementsAre(0, 2), ElementsAre(1, 3)));
  EXPECT_FALSE(some.is_soon_idle()) << "they may take an hour";
  some.finish(0, 0, 2);
  EXPECT_TRUE(some.is_soon_idle());
  some.finish(1, 1, 7200);
  EXPECT_FALSE(some.is_soon_idle());
}

}  // namespace
}  // namespace gridmill::mpi
