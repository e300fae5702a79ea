#include "jobs/features/result/run_pass.hpp"

#include <csignal>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::jobs {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class RunPassTest : public testing::Test {
 protected:
  RunPassTest() { fs::remove(file()); }
  ~RunPassTest() override { fs::remove(file()); }

  static fs::path file() { return fs::path(testing::TempDir()) / "run_pass_test"; }

  /// A launch that does four tasks; returns what is left of it.
  std::optional<std::vector<mpi::Bytes>> launch(const mpi::Work& work) {
    PassBlame blame(file(), ++epoch_, 7);
    blame.open({});
    const PassTasks tasks{.cost = {1, 4, 3, 2}, .unit = "rows", .name = [](mpi::TaskId task) {
                            return fmt::format("making part {}", task);
                          }};
    return run_pass({.session = session_, .observer = observer_, .blame = &blame}, tasks, work);
  }

  /// Does what it is told, but crashes at one task.
  [[nodiscard]] mpi::Work crashing_at(mpi::TaskId deadly) {
    return [this, deadly](mpi::TaskId task) {
      if (task == deadly) std::raise(SIGSEGV);
      order_.push_back(task);
      return mpi::Bytes{std::byte{static_cast<unsigned char>(task)}};
    };
  }

  void crash_at(mpi::TaskId deadly) {
    const auto crash = [&] {
      std::signal(SIGSEGV, SIG_DFL);  // a sanitizer would end the process in its own way
      (void)launch(crashing_at(deadly));
    };
    EXPECT_EXIT(crash(), testing::KilledBySignal(SIGSEGV), "");
    ++epoch_;
  }

  [[nodiscard]] const std::vector<mpi::TaskId>& order() const { return order_; }

 private:
  mpi::Session session_;
  SilentObserver observer_;
  std::uint32_t epoch_ = 0;
  std::vector<mpi::TaskId> order_;
};

TEST_F(RunPassTest, what_has_crashed_comes_last) {
  crash_at(1);
  ASSERT_TRUE(launch(crashing_at(99)));
  EXPECT_THAT(order(), ElementsAre(2, 3, 0, 1));
}

TEST_F(RunPassTest, what_has_crashed_three_times_is_left_out_and_named_and_tried_again_by_a_repeat) {
  for (std::size_t death = 0; death < kMostDeaths; ++death) crash_at(1);
  try {
    (void)launch(crashing_at(1));
    FAIL() << "nothing was told";
  } catch (const core::RunError& error) {
    EXPECT_THAT(error.what(), HasSubstr("making part 1 crashed its rank 3 times, lastly by signal 11 (Segmentation"));
  }
  EXPECT_THAT(order(), ElementsAre(2, 3, 0)) << "all others are done";
  EXPECT_TRUE(launch(crashing_at(99))) << "it was mended";
}

TEST_F(RunPassTest, a_kill_from_outside_is_no_fault_of_a_task) {
  for (std::size_t death = 0; death < kMostDeaths; ++death) {
    EXPECT_EXIT((void)launch([](mpi::TaskId) -> mpi::Bytes {
                  std::raise(SIGKILL);
                  return {};
                }),
                testing::KilledBySignal(SIGKILL), "");
  }
  EXPECT_TRUE(launch(crashing_at(99)));
}

}  // namespace
}  // namespace gridmill::jobs
