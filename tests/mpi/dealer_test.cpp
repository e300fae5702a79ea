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

}  // namespace
}  // namespace gridmill::mpi
