#include "jobs/run/task_journal.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <utility>

#include <gtest/gtest.h>

namespace gridmill::jobs {
namespace {

namespace fs = std::filesystem;

class TaskJournalTest : public testing::Test {
 protected:
  void TearDown() override { fs::remove(path()); }

  [[nodiscard]] TaskJournal open() const { return {path(), {.config = 1, .data = 7, .program = 2}}; }
  [[nodiscard]] static fs::path path() { return fs::path(testing::TempDir()) / "task_journal_test"; }
};

TEST_F(TaskJournalTest, blames_no_task_for_a_run_that_was_killed) {
  for (std::size_t death = 1; death <= 5; ++death) {
    TaskJournal journal = open();
    journal.begin(1);
    journal.started(1, 0);
    journal.started(3, 1);
    journal.sync();
  }  // no close: the run died
  EXPECT_EQ(open().deaths(1).n, 0U);
  EXPECT_EQ(open().deaths(3).n, 0U);
}

TEST_F(TaskJournalTest, blames_a_task_for_each_rank_that_says_it_crashed_at_it) {
  for (std::size_t death = 1; death <= 3; ++death) {
    TaskJournal journal = open();
    journal.begin(1);
    journal.started(1, 0);
    journal.started(3, 1);
    // Another process appends, and the journal goes on behind that.
    std::ofstream(path(), std::ios::binary | std::ios::app) << TaskJournal::death(1, 1, SIGSEGV);
    journal.add(3, "result");
    journal.sync();
  }
  TaskJournal again = open();
  EXPECT_EQ(again.deaths(1).n, 3U);
  EXPECT_EQ(again.deaths(1).signal, SIGSEGV);
  EXPECT_EQ(again.deaths(3).n, 0U);
  EXPECT_EQ(count_journal(path()).n_deaths, 3U);
  EXPECT_EQ(count_journal(path()).n_results, 3U);
  EXPECT_EQ(again.take_results().size(), 3U);
  EXPECT_EQ(again.file().cut_bytes(), 0U);
}

TEST_F(TaskJournalTest, blames_what_each_rank_was_at_when_there_was_no_memory_left) {
  {
    TaskJournal journal = open();
    journal.begin(1);
    journal.started(9, 0);  // a launch before that one
    journal.sync();
  }
  {
    TaskJournal journal = open();
    journal.begin(2);
    for (const auto& [task, rank] : {std::pair{1U, 0}, {2U, 1}, {3U, 0}, {4U, 1}, {5U, 1}}) journal.started(task, rank);
    journal.ended(2, 1);  // rank 1 is at 4; of those of rank 0 the second was to follow
    journal.sync();
  }
  {
    TaskJournal journal = open();
    journal.begin(3, {}, SIGKILL);
    for (const TaskKey blamed : {1U, 4U}) EXPECT_EQ(journal.deaths(blamed).n, 1U) << blamed;
    journal.sync();
  }
  const TaskJournal again = open();
  for (const TaskKey blamed : {1U, 4U}) EXPECT_EQ(again.deaths(blamed).n, 1U) << blamed;
  for (const TaskKey innocent : {2U, 3U, 5U, 9U}) EXPECT_EQ(again.deaths(innocent).n, 0U) << innocent;
}

TEST_F(TaskJournalTest, deaths_that_are_forgiven_do_not_count_any_more) {
  {
    TaskJournal journal = open();
    journal.begin(1);
    for (int death = 0; death < 3; ++death) {
      std::ofstream(path(), std::ios::binary | std::ios::app) << TaskJournal::death(1, 4, SIGSEGV);
    }
  }
  {
    TaskJournal journal = open();
    journal.begin(2);
    EXPECT_EQ(journal.deaths(4).n, 3U);
    journal.forgive(4);
    EXPECT_EQ(journal.deaths(4).n, 0U);
  }
  EXPECT_EQ(open().deaths(4).n, 0U);
}

}  // namespace
}  // namespace gridmill::jobs
