#include "mpi/heartbeat.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace gridmill::mpi {
namespace {

TEST(heartbeat, is_silent_only_after_so_many_looks_in_a_row_that_saw_the_same) {
  Silence silence(3);
  for (std::uint32_t n = 0; n < 100; ++n) EXPECT_FALSE(silence.look(n)) << "it beats";
  EXPECT_FALSE(silence.look(99));
  EXPECT_FALSE(silence.look(99));
  EXPECT_FALSE(silence.look(100)) << "it was slow";
  EXPECT_FALSE(silence.look(100));
  EXPECT_FALSE(silence.look(100));
  EXPECT_TRUE(silence.look(100));
}

TEST(heartbeat, a_rank_that_has_never_shown_a_sign_of_life_is_silent_too) {
  Silence silence(2);
  EXPECT_FALSE(silence.look(0));
  EXPECT_FALSE(silence.look(0));
  EXPECT_TRUE(silence.look(0));
}

TEST(heartbeat, one_that_began_again_from_zero_lives) {
  Silence silence(2);
  EXPECT_FALSE(silence.look(Beat::kGone - 1));
  EXPECT_FALSE(silence.look(Beat::kGone - 1));
  EXPECT_FALSE(silence.look(0));
}

}  // namespace
}  // namespace gridmill::mpi
