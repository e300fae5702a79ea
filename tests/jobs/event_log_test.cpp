#include "jobs/run/event_log.hpp"

#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "io/file_size_limit.hpp"

namespace gridmill::jobs {
namespace {

/// Counts what it hears.
class Counter final : public Observer {
 public:
  void stage(std::string_view) override { ++n; }
  void plan(const std::vector<Fact>&) override { ++n; }
  void progress(const Progress&) override { ++n; }
  void task(const TaskDone&) override { ++n; }
  void warning(std::string_view) override { ++n; }
  void note(std::string_view) override { ++n; }
  void leaderboard(const Leaderboard&) override { ++n; }
  void block(const TextBlock&) override { ++n; }
  void files(const std::vector<WrittenFile>&) override { ++n; }

  int n = 0;
};

class EventLogTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file); }

  [[nodiscard]] std::vector<nlohmann::json> events() const {
    std::ifstream in(file);
    std::vector<nlohmann::json> all;
    for (std::string line; std::getline(in, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }

  LaunchFacts facts{.job = "search", .launch = 4, .n_ranks = 2, .ranks_on = {{"node1", 2}}};
  std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "event_log_test.jsonl";
};

TEST_F(EventLogTest, writes_what_it_passes_on_with_times) {
  Counter counter;
  EventLog log(counter);
  log.stage("reading");  // before the folder is there
  log.open(file, facts);
  log.task({.unit = "fits", .n = 3, .rank = 1, .seconds = 0.5});
  log.warning("careful");
  log.ends(core::ExitCode::done);
  EXPECT_EQ(counter.n, 3);
  const std::vector<nlohmann::json> all = events();
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[0]["event"], "begins");
  EXPECT_EQ(all[0]["launch"], 4);
  EXPECT_EQ(all[0]["hosts"]["node1"], 2);
  EXPECT_EQ(all[1]["what"], "reading");
  EXPECT_EQ(all[2]["event"], "task");
  EXPECT_EQ(all[2]["done"], 3);
  EXPECT_EQ(all[2]["seconds"], 0.5);
  EXPECT_EQ(all[4]["code"], 0);
  EXPECT_LE(all[1]["at"].get<double>(), all[4]["at"].get<double>());
}

TEST_F(EventLogTest, goes_on_where_an_earlier_run_stopped) {
  for (int run = 0; run < 2; ++run) {
    SilentObserver silent;
    EventLog log(silent);
    log.open(file, facts);
    log.note("here");
  }
  EXPECT_EQ(events().size(), 4U);
}

TEST_F(EventLogTest, a_file_that_cannot_be_written_ends_nothing) {
  Counter counter;
  EventLog log(counter);
  log.open("/proc/no/such/file", facts);
  log.note("here");
  EXPECT_EQ(counter.n, 2);  // the one warning, and the note
}

TEST_F(EventLogTest, a_disk_that_is_full_ends_nothing_and_the_next_run_writes_whole_lines) {
  {
    Counter counter;
    EventLog log(counter);
    log.open(file, facts);
    const io::FileSizeLimit limit(std::filesystem::file_size(file) + 20);
    for (int i = 0; i < 3; ++i) log.note("here");
    EXPECT_EQ(counter.n, 4);  // one warning
  }
  SilentObserver silent;
  EventLog log(silent);
  log.open(file, facts);
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 3U);  // the first, half a one, and that of this run
  EXPECT_EQ(nlohmann::json::parse(lines.back())["event"], "begins");
}

TEST_F(EventLogTest, counts_tasks_together_where_there_are_many_and_says_so) {
  SilentObserver silent;
  EventLog log(silent, {.single_tasks = 10, .interval = std::chrono::hours(1)});
  log.open(file, facts);
  for (std::size_t i = 0; i < 100'000; ++i) {
    log.task_begins({.rank = 1});
    log.progress({.done = i, .total = 100'000});
    log.task({.n = 2, .failed = i % 2, .rank = 1, .seconds = 0.5});
  }
  log.ends(core::ExitCode::incomplete);
  const std::vector<nlohmann::json> all = events();
  ASSERT_EQ(all.size(), 1U + 10 + 10 + 1 + 1 + 3);  // begins; tasks; first progress; a note; counts, progress, end
  EXPECT_EQ(all[22]["text"], "from here on tasks are counted together, as there are many");
  const nlohmann::json& counts = all[23];
  EXPECT_EQ(counts["event"], "tasks");
  EXPECT_EQ(counts["ended"], 99'990);
  EXPECT_EQ(counts["done"], 2 * 99'990);
  EXPECT_EQ(counts["failed"], 49'995);
  EXPECT_EQ(all[24]["done"], 99'999);
}

TEST_F(EventLogTest, says_with_which_error_a_launch_ended) {
  SilentObserver silent;
  EventLog log(silent);
  log.open(file, facts);
  log.ends(std::make_exception_ptr(core::RunError("cannot write journal: No space left on device")));
  EXPECT_EQ(events().back()["error"], "cannot write journal: No space left on device");
}

}  // namespace
}  // namespace gridmill::jobs
