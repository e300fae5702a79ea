#include "jobs/search/search_journal.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
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

  static search::FitRecord one(std::size_t candidate) { return {.candidate = candidate, .test_scores = {0.5}}; }

  [[nodiscard]] fs::path path() const { return folder_ / "journal"; }

 private:
  fs::path folder_ = fs::path(testing::TempDir()) / "search_journal_test";
};

TEST_F(SearchJournalTest, keeps_finished_trials_by_what_they_are) {
  {
    SearchJournal journal = open();
    journal.tasks().begin(1);
    journal.tasks().started(2, 0);
    journal.add(2, one(5));
    journal.tasks().sync();
    journal.tasks().close();
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
    journal.tasks().begin(1);
    journal.add(2, one(5));
    journal.tasks().close();
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

TEST_F(SearchJournalTest, refuses_the_journal_of_another_search_and_names_what_differs) {
  {
    SearchJournal journal = open();
    journal.tasks().begin(1);
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
