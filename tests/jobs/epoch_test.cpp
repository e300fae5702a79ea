#include "jobs/run/epoch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "jobs/run/this_command.hpp"

namespace gridmill::jobs {
namespace {

class EpochTest : public testing::Test {
 protected:
  void TearDown() override {
    std::filesystem::remove(file);
    for (const char* name : {"SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_RESTART_COUNT"}) unsetenv(name);
  }

  std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "epoch_test";
};

TEST_F(EpochTest, is_raised_by_each_launch_and_then_stops_the_one_before) {
  const Epoch first = Epoch::raise(file);
  EXPECT_EQ(first.number(), 1U);
  first.check();
  const Epoch second = Epoch::raise(file);
  EXPECT_EQ(second.number(), 2U);
  second.check();
  try {
    first.check();
    FAIL() << "did not throw";
  } catch (const core::RunError& error) {
    EXPECT_THAT(error.what(),
                testing::HasSubstr("launch 2 has taken over this run; launch 1, which was taken for dead"));
  }
}

TEST_F(EpochTest, stops_who_finds_no_number_any_more) {
  const Epoch epoch = Epoch::raise(file);
  std::ofstream(file) << "something else\n";
  EXPECT_THROW(epoch.check(), core::RunError);
  std::filesystem::remove(file);
  EXPECT_THROW(epoch.check(), core::RunError);
}

TEST_F(EpochTest, a_command_typed_again_is_another_one_and_a_job_that_slurm_starts_again_is_not) {
  (void)Epoch::raise(file);
  EXPECT_FALSE(is_of_this_command(file));
  setenv("SLURM_JOB_ID", "12", 1);
  setenv("SLURM_STEP_ID", "0", 1);
  (void)Epoch::raise(file);
  EXPECT_FALSE(is_of_this_command(file)) << "typed twice within a job";
  setenv("SLURM_RESTART_COUNT", "1", 1);
  EXPECT_TRUE(is_of_this_command(file));
  setenv("SLURM_JOB_ID", "13", 1);
  EXPECT_FALSE(is_of_this_command(file));
}

TEST_F(EpochTest, the_launcher_s_word_is_kept_over_launches) {
  const CommandIdentity one{.launcher = "host.7.9", .slurm = "-"};
  EXPECT_TRUE(one.is_continued_by(one));
  EXPECT_FALSE(one.is_continued_by({.launcher = "host.7.10", .slurm = "-"}));
  const CommandIdentity alone{.launcher = "-", .slurm = "-"};
  EXPECT_FALSE(alone.is_continued_by(alone));
}

}  // namespace
}  // namespace gridmill::jobs
