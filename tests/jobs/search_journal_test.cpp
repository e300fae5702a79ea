#include "jobs/search/search_journal.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "io/files/journal.hpp"

namespace gridmill::jobs {
namespace {

namespace fs = std::filesystem;

class SearchJournalTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] SearchJournal open(std::uint64_t fingerprint = 7) const {
    return SearchJournal(folder_ / "journal", fingerprint);
  }

  static search::FitRecord one(std::size_t candidate) { return {.candidate = candidate, .test_scores = {0.5}}; }

  [[nodiscard]] fs::path path() const { return folder_ / "journal"; }

 private:
  fs::path folder_ = fs::path(testing::TempDir()) / "search_journal_test";
};

TEST_F(SearchJournalTest, keeps_finished_trials_by_what_they_are) {
  {
    SearchJournal journal = open();
    journal.started(2);
    journal.add(2, one(5));
    journal.sync(SearchJournal::When::now);
    journal.close();
  }
  SearchJournal again = open();
  const std::vector<SearchJournal::Known> known = again.take_known();
  ASSERT_EQ(known.size(), 1U);
  EXPECT_EQ(known[0].key, 2U);
  EXPECT_EQ(known[0].record.candidate, 5U);
  EXPECT_EQ(known[0].record.test_scores, std::vector<double>{0.5});
}

TEST_F(SearchJournalTest, does_not_know_the_results_of_another_format) {
  {
    SearchJournal journal = open();
    journal.add(2, one(5));
    journal.close();
  }
  {
    io::Journal raw(path(), 7);
    std::string other = raw.records().at(1);  // after the beginning of the run: kind, key, format, ...
    ++other.at(1 + sizeof(FitKey));
    raw.append(other);
  }
  EXPECT_EQ(open().take_known().size(), 1U);
  EXPECT_EQ(open().n_of_other_version(), 1U);
}

TEST_F(SearchJournalTest, blames_no_bundle_for_a_run_that_was_killed) {
  for (std::size_t death = 1; death <= 5; ++death) {
    SearchJournal journal = open();
    journal.started(1);
    journal.started(3);
    journal.sync(SearchJournal::When::now);
  }  // no close: the run died
  EXPECT_EQ(open().deaths(1), 0U);
  EXPECT_EQ(open().deaths(3), 0U);
}

TEST_F(SearchJournalTest, blames_a_bundle_for_each_rank_that_says_it_crashed_at_it) {
  for (std::size_t death = 1; death <= 3; ++death) {
    SearchJournal journal = open();
    journal.started(1);
    journal.started(3);
    // Another process appends, and the journal goes on behind that.
    std::ofstream(path(), std::ios::binary | std::ios::app) << SearchJournal::death(1);
    journal.add(3, one(0));
    journal.sync(SearchJournal::When::now);
  }
  SearchJournal again = open();
  EXPECT_EQ(again.deaths(1), 3U);
  EXPECT_EQ(again.deaths(3), 0U);
  EXPECT_EQ(again.take_known().size(), 3U);
  EXPECT_EQ(again.cut_bytes(), 0U);
}

TEST_F(SearchJournalTest, refuses_the_journal_of_other_data) {
  open(7).close();
  try {
    const SearchJournal other = open(8);
    FAIL() << "did not throw";
  } catch (const core::UserError& error) {
    EXPECT_NE(std::string(error.what()).find("the data has changed since this search was begun"), std::string::npos);
  }
}

}  // namespace
}  // namespace gridmill::jobs
