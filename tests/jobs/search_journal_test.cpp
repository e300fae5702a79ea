#include "jobs/search/search_journal.hpp"

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
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

  [[nodiscard]] SearchJournal open(const io::JournalOrigin& origin = {.config = 1, .data = 7, .program = 2}) const {
    return SearchJournal(folder_ / "journal", origin);
  }
  /// Begins launch number `epoch`.
  static void begin(SearchJournal& journal, std::uint32_t epoch = 1,
                    SearchJournal::LastEnd last_end = SearchJournal::LastEnd::any) {
    journal.begin(epoch, {}, last_end);
  }

  static search::FitRecord one(std::size_t candidate) { return {.candidate = candidate, .test_scores = {0.5}}; }

  [[nodiscard]] fs::path path() const { return folder_ / "journal"; }

 private:
  fs::path folder_ = fs::path(testing::TempDir()) / "search_journal_test";
};

TEST_F(SearchJournalTest, keeps_finished_trials_by_what_they_are) {
  {
    SearchJournal journal = open();
    begin(journal);
    journal.started(2, 0);
    journal.add(2, one(5));
    journal.sync();
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
    begin(journal);
    journal.add(2, one(5));
    journal.close();
  }
  {
    io::Journal raw(path(), {.config = 1, .data = 7, .program = 2});
    std::string other = raw.records().at(1).bytes;  // after the beginning of the run: kind, key, format, ...
    ++other.at(1 + sizeof(FitKey));
    raw.append(other);
  }
  EXPECT_EQ(open().take_known().size(), 1U);
  EXPECT_EQ(open().n_of_other_version(), 1U);
}

TEST_F(SearchJournalTest, blames_no_bundle_for_a_run_that_was_killed) {
  for (std::size_t death = 1; death <= 5; ++death) {
    SearchJournal journal = open();
    begin(journal);
    journal.started(1, 0);
    journal.started(3, 1);
    journal.sync();
  }  // no close: the run died
  EXPECT_EQ(open().deaths(1).n, 0U);
  EXPECT_EQ(open().deaths(3).n, 0U);
}

TEST_F(SearchJournalTest, blames_a_bundle_for_each_rank_that_says_it_crashed_at_it) {
  for (std::size_t death = 1; death <= 3; ++death) {
    SearchJournal journal = open();
    begin(journal);
    journal.started(1, 0);
    journal.started(3, 1);
    // Another process appends, and the journal goes on behind that.
    std::ofstream(path(), std::ios::binary | std::ios::app) << SearchJournal::death(1, 1, SIGSEGV);
    journal.add(3, one(0));
    journal.sync();
  }
  SearchJournal again = open();
  EXPECT_EQ(again.deaths(1).n, 3U);
  EXPECT_EQ(again.deaths(1).signal, SIGSEGV);
  EXPECT_EQ(again.deaths(3).n, 0U);
  EXPECT_EQ(count_journal(path()).n_deaths, 3U);
  EXPECT_EQ(count_journal(path()).n_results, 3U);
  EXPECT_EQ(again.take_known().size(), 3U);
  EXPECT_EQ(again.cut_bytes(), 0U);
}

TEST_F(SearchJournalTest, blames_what_each_rank_was_at_when_there_was_no_memory_left) {
  {
    SearchJournal journal = open();
    begin(journal, 1);
    journal.started(9, 0);  // a launch before that one
    journal.sync();
  }
  {
    SearchJournal journal = open();
    begin(journal, 2);
    for (const auto& [bundle, rank] : {std::pair{1U, 0}, {2U, 1}, {3U, 0}, {4U, 1}, {5U, 1}})
      journal.started(bundle, rank);
    journal.ended(2, 1);  // rank 1 is at 4; of those of rank 0 the second was to follow
    journal.sync();
  }
  {
    SearchJournal journal = open();
    begin(journal, 3, SearchJournal::LastEnd::out_of_memory);
    for (const FitKey blamed : {1U, 4U}) EXPECT_EQ(journal.deaths(blamed).n, 1U) << blamed;
    journal.sync();
  }
  const SearchJournal again = open();
  for (const FitKey blamed : {1U, 4U}) EXPECT_EQ(again.deaths(blamed).n, 1U) << blamed;
  for (const FitKey innocent : {2U, 3U, 5U, 9U}) EXPECT_EQ(again.deaths(innocent).n, 0U) << innocent;
}

TEST_F(SearchJournalTest, refuses_the_journal_of_another_search_and_names_what_differs) {
  {
    SearchJournal journal = open();
    begin(journal);
  }
  const auto words = [&](const io::JournalOrigin& origin) -> std::string {
    try {
      const SearchJournal other = open(origin);
      return "did not throw";
    } catch (const core::UserError& error) {
      return error.what();
    }
  };
  using testing::HasSubstr;
  EXPECT_THAT(words({.config = 1, .data = 8, .program = 2}), HasSubstr(": the data has changed since"));
  EXPECT_THAT(words({.config = 2, .data = 7, .program = 2}), HasSubstr(": the config has changed since"));
  EXPECT_THAT(words({.config = 1, .data = 7, .program = 3}), HasSubstr(": another version of gridmill began"));
  EXPECT_THAT(words({.config = 3, .data = 3, .program = 2}), HasSubstr("begun; the data has changed"));
}

}  // namespace
}  // namespace gridmill::jobs
