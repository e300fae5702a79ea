#include "jobs/features_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "jobs/feature_parts.hpp"
#include "jobs/features_job.hpp"

namespace gridmill::jobs {
namespace {

using testing::HasSubstr;

TEST(part_ranges, are_a_sixteenth_of_the_rows_within_bounds) {
  EXPECT_TRUE(part_ranges(0).empty());
  EXPECT_EQ(part_ranges(10).size(), 1U);
  const auto parts = part_ranges(50000);
  ASSERT_EQ(parts.size(), 13U);
  EXPECT_EQ(parts[1].first, 4096U);
  EXPECT_EQ(parts[12].n, 50000U - 12 * 4096U);
  EXPECT_EQ(part_ranges(500000)[0].n, 32768U);
  EXPECT_EQ(part_ranges(10'000'000)[0].n, 65536U);
}

TEST(slice_rows, are_whole_blocks_within_the_memory) {
  EXPECT_EQ(slice_rows(1000, 1'000'000), 768U);
  EXPECT_EQ(slice_rows(1e9, 1), 256U);
  EXPECT_EQ(slice_rows(1, std::size_t{1} << 40U), 4096U);
}

TEST(check_free_space, says_how_much_is_missing_before_anything_runs) {
  check_free_space(100, 100, "runs/x");
  try {
    check_free_space(std::uintmax_t{3} << 30U, std::uintmax_t{1} << 20U, "runs/x");
    FAIL() << "fits";
  } catch (const core::RunError& error) {
    EXPECT_THAT(error.what(), HasSubstr("runs/x: the features need 3.0 GiB, but 1.0 MiB are free there"));
  }
}

}  // namespace
}  // namespace gridmill::jobs
