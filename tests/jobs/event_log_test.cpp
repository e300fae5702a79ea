#include "jobs/run/event_log.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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

  std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "event_log_test.jsonl";
};

TEST_F(EventLogTest, writes_what_it_passes_on_with_times) {
  Counter counter;
  EventLog log(counter);
  log.stage("reading");  // before the folder is there
  log.open(file);
  log.task({.unit = "fits", .n = 3, .rank = 1, .seconds = 0.5});
  log.warning("careful");
  EXPECT_EQ(counter.n, 3);
  const std::vector<nlohmann::json> all = events();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0]["what"], "reading");
  EXPECT_EQ(all[1]["event"], "task");
  EXPECT_EQ(all[1]["done"], 3);
  EXPECT_EQ(all[1]["seconds"], 0.5);
  EXPECT_LE(all[0]["at"].get<double>(), all[2]["at"].get<double>());
}

TEST_F(EventLogTest, goes_on_where_an_earlier_run_stopped) {
  for (int run = 0; run < 2; ++run) {
    SilentObserver silent;
    EventLog log(silent);
    log.open(file);
    log.note("here");
  }
  EXPECT_EQ(events().size(), 2U);
}

TEST_F(EventLogTest, a_file_that_cannot_be_written_ends_nothing) {
  Counter counter;
  EventLog log(counter);
  log.open("/proc/no/such/file");
  log.note("here");
  EXPECT_EQ(counter.n, 1);
}

}  // namespace
}  // namespace gridmill::jobs
