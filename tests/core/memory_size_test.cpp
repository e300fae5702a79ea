#include "core/memory_size.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// A folder like /sys/fs/cgroup.
class CgroupMemoryLimit : public testing::Test {
 protected:
  ~CgroupMemoryLimit() override { std::filesystem::remove_all(root_); }

  void set(const std::string& file, const std::string& limit) const {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << limit << '\n';
  }
  [[nodiscard]] std::size_t limit_of(const std::string& groups) const {
    std::istringstream lines(groups);
    return cgroup_memory_limit(lines, root_);
  }

 private:
  std::filesystem::path root_ =
      std::filesystem::path(testing::TempDir()) / ("gridmill_cgroup_" + std::to_string(::getpid()));
};

TEST_F(CgroupMemoryLimit, is_the_least_from_the_own_group_upwards) {
  set("slurm/job_7/memory.max", "4096");
  set("slurm/job_7/step_0/memory.max", "max");
  set("slurm/job_8/memory.max", "100");
  set("memory.max", "9000");
  EXPECT_EQ(limit_of("0::/slurm/job_7/step_0\n"), 4096U);
  EXPECT_EQ(limit_of("0::/other\n"), 9000U);
}

TEST_F(CgroupMemoryLimit, of_version_1_is_that_of_the_memory_controller) {
  set("memory/job_7/memory.limit_in_bytes", "4096");
  set("memory/job_8/memory.limit_in_bytes", "100");
  EXPECT_EQ(limit_of("9:cpuset:/job_8\n4:cpu,memory:/job_7\n0::/\n"), 4096U);
}

TEST_F(CgroupMemoryLimit, is_that_of_the_root_where_a_container_hides_the_groups) {
  set("memory.max", "5000");
  EXPECT_EQ(limit_of("0::/kubepods/pod_1\n"), 5000U);
  set("memory/memory.limit_in_bytes", "4000");
  EXPECT_EQ(limit_of(""), 4000U);
}

TEST_F(CgroupMemoryLimit, is_none_where_nothing_says_so) { EXPECT_EQ(limit_of("0::/user.slice\nnonsense\n"), kNone); }

TEST(NodeMemory, is_a_size) {
  EXPECT_GT(node_memory_bytes(), std::size_t{1} << 20U);
  EXPECT_EQ(size_text(std::size_t{13} << 20U), "13.0 MiB");
  EXPECT_EQ(size_text(1e30), "9.1e+17 TiB");
}

TEST(NodeMemory, is_what_the_resource_limits_leave) {
  if (std::getenv("GRIDMILL_TEST_BRIEF") != nullptr) {
    GTEST_SKIP() << "the address sanitizer has mapped more than the limit allows, and may not map what it needs next";
  }
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_DATA, &before), 0);
  const rlimit lower{.rlim_cur = rlim_t{1} << 30U, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_DATA, &lower), 0);
  EXPECT_EQ(node_memory_bytes(), std::size_t{1} << 30U);
  ASSERT_EQ(setrlimit(RLIMIT_DATA, &before), 0);
}

TEST(NodeMemory, is_not_promised_beyond_what_there_is) {
  EXPECT_NO_THROW(require_memory(1e6, {}, "a little"));
  try {
    require_memory(0x1p60, {.file = "a.svm", .line = 3}, "a table of 4 rows", "take fewer");
    FAIL() << "was taken";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("a.svm:3: a table of 4 rows would take 1e+06 TiB of memory, and "
                                                 "there are "));
    EXPECT_THAT(error.what(), testing::HasSubstr("\n  take fewer"));
  }
}

}  // namespace
}  // namespace gridmill::core
