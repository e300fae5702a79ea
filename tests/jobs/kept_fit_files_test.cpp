#include "jobs/search/kept_fit_files.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace gridmill::jobs {
namespace {

namespace fs = std::filesystem;

class KeptFitFilesTest : public testing::Test {
 protected:
  KeptFitFilesTest() {
    fs::remove_all(run);
    fs::create_directories(run);
    plan.candidates = {{{"n", 1}}, {{"n", 2}}};
    plan.folds = {{.train = {0, 1}, .test = {2}}, {.train = {1, 2}, .test = {0}}};
  }
  ~KeptFitFilesTest() override { fs::remove_all(run); }

  [[nodiscard]] std::size_t n_files() const {
    const fs::path parts = run / "parts";
    return fs::exists(parts) ? static_cast<std::size_t>(std::distance(fs::directory_iterator(parts), {})) : 0;
  }

  fs::path run = fs::path(testing::TempDir()) / "kept_fit_files_test";
  search::SearchPlan plan;
};

TEST_F(KeptFitFilesTest, gives_a_fit_back_to_whoever_makes_it_next) {
  KeptFitFiles before(run, plan, 7, nullptr);
  EXPECT_EQ(before.find(0, 0), "");
  before.keep(0, 0, std::string("ten\0rounds", 10));
  before.keep(0, 0, std::string("two\0", 4));
  EXPECT_EQ(n_files(), 1U);
  KeptFitFiles after(run, plan, 7, nullptr);
  EXPECT_EQ(after.find(0, 0), std::string("two\0", 4));
}

TEST_F(KeptFitFilesTest, knows_fits_apart_and_searches) {
  KeptFitFiles files(run, plan, 7, nullptr);
  files.keep(0, 0, "state");
  for (const auto& [candidate, fold] :
       {std::pair<std::size_t, std::optional<std::size_t>>{0, 1}, {1, 0}, {0, std::nullopt}}) {
    EXPECT_EQ(KeptFitFiles(run, plan, 7, nullptr).find(candidate, fold), "");
  }
  EXPECT_EQ(KeptFitFiles(run, plan, 8, nullptr).find(0, 0), "") << "other data, say";
  files.keep(0, std::nullopt, "of all rows");
  EXPECT_EQ(KeptFitFiles(run, plan, 7, nullptr).find(0, std::nullopt), "of all rows");
}

TEST_F(KeptFitFilesTest, forgets_a_fit_when_the_next_one_begins) {
  KeptFitFiles files(run, plan, 7, nullptr);
  (void)files.find(0, 0);
  files.keep(0, 0, "state");
  EXPECT_EQ(files.find(0, 0), "state") << "the same one again";
  EXPECT_EQ(files.find(0, 1), "");
  EXPECT_EQ(n_files(), 0U);
}

TEST_F(KeptFitFilesTest, takes_nothing_that_is_damaged) {
  KeptFitFiles(run, plan, 7, nullptr).keep(0, 0, "a state of some length");
  const fs::path file = *fs::directory_iterator(run / "parts");
  const auto size = fs::file_size(file);
  for (const auto shorter : {size - 1, std::uintmax_t{17}, std::uintmax_t{3}, std::uintmax_t{0}}) {
    fs::resize_file(file, shorter);
    EXPECT_EQ(KeptFitFiles(run, plan, 7, nullptr).find(0, 0), "") << shorter;
  }
  KeptFitFiles(run, plan, 7, nullptr).keep(0, 0, "a state of some length");
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(20).put('?');
  EXPECT_EQ(KeptFitFiles(run, plan, 7, nullptr).find(0, 0), "");
}

TEST_F(KeptFitFilesTest, is_due_once_a_minute_and_soon_where_all_is_to_stop) {
  std::atomic<bool> stop = false;
  const KeptFitFiles files(run, plan, 7, &stop);
  EXPECT_FALSE(files.is_due(59));
  EXPECT_TRUE(files.is_due(61));
  stop = true;
  EXPECT_FALSE(files.is_due(1)) << "as quick to do again";
  EXPECT_TRUE(files.is_due(3));
}

TEST_F(KeptFitFilesTest, makes_no_run_directory_where_there_is_none) {
  const fs::path elsewhere = run / "of another host";
  KeptFitFiles(elsewhere, plan, 7, nullptr).keep(0, 0, "state");
  EXPECT_FALSE(fs::exists(elsewhere));
}

}  // namespace
}  // namespace gridmill::jobs
