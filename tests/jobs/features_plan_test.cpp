#include "jobs/features/plan/features_plan.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "jobs/features/parts/feature_parts.hpp"
#include "jobs/features/plan/features_fingerprint.hpp"
#include "jobs/features/result/features_facts.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/run/remove_unneeded.hpp"
#include "jobs/run/source_digest.hpp"

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

TEST(features_fingerprint, tells_programs_apart) {
  const config::FeaturesJob job;
  const FeaturesPlan plan;
  const core::EntitySet set;
  EXPECT_EQ(source_digest().size(), 64U);
  EXPECT_EQ(features_fingerprint(job, plan, set, source_digest()),
            features_fingerprint(job, plan, set, source_digest()));
  EXPECT_NE(features_fingerprint(job, plan, set, source_digest()), features_fingerprint(job, plan, set, "another"));
}

class Warnings final : public Observer {
 public:
  void stage(std::string_view) override {}
  void plan(const std::vector<Fact>&) override {}
  void progress(const Progress&) override {}
  void task(const TaskDone&) override {}
  void warning(std::string_view sentence) override { warnings.emplace_back(sentence); }
  void note(std::string_view) override {}
  void leaderboard(const Leaderboard&) override {}
  void block(const TextBlock&) override {}
  void files(const std::vector<WrittenFile>&) override {}
  std::vector<std::string> warnings;
};

TEST(remove_unneeded, goes_on_with_one_warning_where_a_file_stays) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(testing::TempDir()) / "remove_unneeded_test";
  fs::remove_all(folder);
  const std::vector<fs::path> files{folder / "a", folder / "full", folder / "b", folder / "gone", folder / "full2"};
  for (const fs::path& full : {files[1], files[4]}) fs::create_directories(full / "inside");
  for (const fs::path& file : {files[0], files[2]}) std::ofstream(file) << "x";
  Warnings heard;
  remove_unneeded(files, heard);
  EXPECT_FALSE(fs::exists(files[0]));
  EXPECT_FALSE(fs::exists(files[2]));
  EXPECT_THAT(heard.warnings,
              testing::ElementsAre(files[1].string() + " cannot be removed: Directory not empty; nobody "
                                                       "reads it again (and 1 more files)"));
  remove_unneeded(std::span(files).first(1), heard);
  EXPECT_EQ(heard.warnings.size(), 1U);
  fs::remove_all(folder);
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
