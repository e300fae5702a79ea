// How a command ends when it is asked to, killed, or cannot write: what a user does to it, and what a machine does.
#include <sys/stat.h>
#include <unistd.h>
#include <csignal>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"

namespace gridmill::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr int kHeaderBytes = 48;  // of a journal
constexpr int kEventBytes = 37;   // of a journal's record without results

Outcome shell(const std::string& line) { return run_program("/bin/sh", {"-c", line}); }

std::vector<pid_t> children_of(pid_t process) {
  std::vector<pid_t> children;
  const std::string number = std::to_string(process);
  std::ifstream file("/proc/" + number + "/task/" + number + "/children");
  for (pid_t child = 0; file >> child;) children.push_back(child);
  return children;
}

/// Returns what a process has computed so far [ticks of the system's clock]; without end when it has ended.
double computed_ticks(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string name, state, word;
  std::getline(file, name, ')');
  file >> state;
  for (int field = 4; field < 14; ++field) file >> word;
  double user = 0, system = 0;
  if (!(file >> user >> system) || state == "Z") return std::numeric_limits<double>::infinity();
  return user + system;
}

/// Returns when a process that has said that it begins a fit is within it: when it has computed for 50 ms more.
void wait_for_computing(pid_t process) {
  const double wanted = computed_ticks(process) + static_cast<double>(sysconf(_SC_CLK_TCK)) / 20;
  while (computed_ticks(process) < wanted) std::this_thread::yield();
}

class EndsTest : public FilesTest {
 protected:
  /// Noise: whoever wants to tell the classes apart exactly takes long over it.
  EndsTest() {
    std::ostringstream rows;
    rows << "a,b,c,y\n";
    unsigned state = 7;
    const auto draw = [&] {
      state = state * 1664525U + 1013904223U;
      return static_cast<double>(state >> 8U) / (1U << 24U);
    };
    for (int i = 0; i < 1500; ++i) rows << draw() << ',' << draw() << ',' << draw() << ',' << (draw() < 0.5) << '\n';
    data_ = write("noise.csv", rows.str());
  }

  /// A search of two fits of minutes.
  [[nodiscard]] std::string long_search() const { return search("1000000000"); }
  [[nodiscard]] std::string short_search() const { return search("1"); }

  [[nodiscard]] std::string search(const std::string& c) const {
    return write("search" + c + ".yaml", "output: " + at("run") + "\ndata: {source: " + data_ +
                                             ", target: y}\nmodel: svc\nsearch: {grid: {C: [" + c +
                                             "], gamma: [3]}, cv: 2, scoring: [accuracy], refit: false}\n");
  }

  [[nodiscard]] std::uintmax_t journal_bytes() const {
    std::error_code error;
    const std::uintmax_t bytes = fs::file_size(at("run/journal"), error);
    return error ? 0 : bytes;
  }

  /// Returns when so many records of events stand in the journal; a minute without them is a failure.
  void wait_for_events(int n) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (journal_bytes() < static_cast<std::uintmax_t>(kHeaderBytes + n * kEventBytes)) {
      if (std::chrono::steady_clock::now() > end) {
        ADD_FAILURE() << "no " << n << " records in the journal after a minute";
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));  // between two looks
    }
  }

  [[nodiscard]] std::size_t n_unfinished() const {
    std::size_t n = 0;
    for (const auto& each : fs::directory_iterator(at(""))) n += each.path().extension() == ".partial" ? 1U : 0U;
    return n;
  }

  [[nodiscard]] const std::string& data() const { return data_; }

 private:
  std::string data_;
};

TEST_F(EndsTest, a_wish_to_stop_is_heard_within_a_fit) {
  for (const char* ranks : {"1", "2"}) {
    for (const auto& [signal, code] : {std::pair{SIGTERM, 75}, std::pair{SIGINT, 130}, std::pair{SIGHUP, 75}}) {
      fs::remove_all(at("run"));
      Child child(GRIDMILL_PROGRAM, {"search", long_search(), "--ranks", ranks});
      wait_for_events(2);
      child.send(signal);
      const auto asked = std::chrono::steady_clock::now();
      const Outcome outcome = child.finish();
      EXPECT_EQ(outcome.code, code) << "signal " << signal << ", ranks " << ranks;
      EXPECT_THAT(outcome.errors, HasSubstr("stopped with work left; what is finished is kept"));
      // One second and the end of mpirun on an idle machine.
      EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds(6)) << signal << ", ranks " << ranks;
      EXPECT_FALSE(fs::exists(at("run/lock")));
    }
  }
}

TEST_F(EndsTest, asked_twice_it_ends_at_once_with_the_same_code_and_leaves_nothing_unfinished) {
  for (const char* ranks : {"1", "3"}) {
    fs::remove_all(at("run"));
    Child child(GRIDMILL_PROGRAM, {"search", long_search(), "--ranks", ranks});
    wait_for_events(2);
    child.send(SIGINT);
    wait_for_arrival(child.pid(), SIGINT);
    child.send(SIGINT);
    const Outcome outcome = child.finish();
    EXPECT_EQ(outcome.code, 130);
    EXPECT_THAT(outcome.errors, Not(HasSubstr("Segmentation"))) << outcome.errors;
    EXPECT_FALSE(fs::exists(at("run/lock"))) << ranks;
    for (const auto& each : fs::directory_iterator(at("run"))) EXPECT_NE(each.path().extension(), ".partial") << each;
  }
}

TEST_F(EndsTest, kills_from_outside_are_no_fault_of_the_fit_and_crashes_are) {
  const std::string config = search("3000000");
  int n_events = 0;
  for (const int signal : {SIGKILL, SIGKILL, SIGKILL, SIGKILL, SIGSEGV, SIGABRT, SIGBUS}) {
    Child child(GRIDMILL_PROGRAM, {"search", config, "--ranks", "1", "--quiet"});
    n_events += 2;  // begins, started
    wait_for_events(n_events);
    // The record of a crash is set up when the fit begins, right after it is said to.
    if (signal != SIGKILL) wait_for_computing(child.pid());
    child.send(signal);
    EXPECT_EQ(child.finish().code, 128 + signal);
    if (signal != SIGKILL) ++n_events;  // died
    EXPECT_EQ(journal_bytes(), static_cast<std::uintmax_t>(kHeaderBytes + n_events * kEventBytes)) << signal;
  }
}

TEST_F(EndsTest, a_fit_that_has_crashed_three_ranks_counts_as_failed_and_the_search_ends) {
  const std::string config = long_search();
  // Of two fits the crashed one is run last: three crashes of each end the search.
  for (int death = 0; death < 6; ++death) {
    Child child(GRIDMILL_PROGRAM, {"search", config, "--ranks", "1", "--quiet"});
    wait_for_events(3 * death + 2);
    wait_for_computing(child.pid());
    child.send(SIGSEGV);
    EXPECT_EQ(child.finish().code, 128 + SIGSEGV);
  }
  const Outcome outcome = run_program(GRIDMILL_PROGRAM, {"search", config, "--ranks", "1"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("crashed its rank 3 times, lastly by signal 11 (Segmentation fault)"));
}

TEST_F(EndsTest, the_same_command_right_after_a_kill_waits_for_the_ranks_before) {
  const std::string config = long_search();
  Child killed(GRIDMILL_PROGRAM, {"search", config, "--ranks", "2", "--quiet"});
  wait_for_events(3);
  kill(killed.pid(), SIGKILL);
  Child again(GRIDMILL_PROGRAM, {"search", config, "--ranks", "2", "--quiet"});
  wait_for_events(6);
  again.send(SIGTERM);
  const Outcome stopped = again.finish();
  EXPECT_EQ(stopped.code, 75) << stopped.errors;
  EXPECT_EQ(killed.finish().code, 128 + SIGKILL);
}

TEST_F(EndsTest, goes_on_by_itself_after_mpirun_was_killed_and_still_hears_a_wish_to_stop) {
  Child child(GRIDMILL_PROGRAM, {"search", long_search(), "--ranks", "2", "--quiet"});
  wait_for_events(3);
  const std::vector<pid_t> mpirun = children_of(child.pid());
  ASSERT_EQ(mpirun.size(), 1U);
  kill(mpirun.front(), SIGKILL);
  wait_for_events(6);
  child.send(SIGTERM);
  const Outcome stopped = child.finish();
  EXPECT_EQ(stopped.code, 75) << stopped.errors;
  EXPECT_THAT(stopped.errors, HasSubstr("mpirun was killed by signal 9 (Killed); the ranks are started again"));
}

TEST_F(EndsTest, what_was_removed_to_start_anew_is_not_removed_again_when_a_rank_is_lost) {
  ASSERT_EQ(run_program(GRIDMILL_PROGRAM, {"search", short_search(), "--ranks", "1"}).code, 0);
  Child child(GRIDMILL_PROGRAM, {"search", long_search(), "--ranks", "2", "--quiet", "--overwrite"});
  while (read("run/config.resolved.yaml").find("1000000000") == std::string::npos) std::this_thread::yield();
  wait_for_events(3);
  kill(children_of(child.pid()).front(), SIGKILL);
  wait_for_events(6);  // those of the first launch are still there
  child.send(SIGTERM);
  EXPECT_EQ(child.finish().code, 75);
  EXPECT_THAT(read("run/events.jsonl"), HasSubstr("\"launch\":2"));
}

TEST_F(EndsTest, a_folder_in_which_a_live_job_works_is_refused) {
  const std::string config = long_search();
  Child working(GRIDMILL_PROGRAM, {"search", config, "--ranks", "1", "--quiet"});
  wait_for_events(2);
  const Outcome refused = run_program(GRIDMILL_PROGRAM, {"search", config, "--ranks", "1"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("another gridmill is working in this folder (process "));
  working.send(SIGTERM);
  EXPECT_EQ(working.finish().code, 75);
}

TEST_F(EndsTest, files_that_only_we_write_are_regular_ones) {
  const std::string config = short_search();
  const std::string other = write("other", "mine\n");
  for (const char* name : {"run/lock", "run/journal"}) {
    fs::remove_all(at("run"));
    fs::create_directories(at("run"));
    fs::create_symlink(other, at(name));
    const Outcome link = run_program(GRIDMILL_PROGRAM, {"search", config, "--ranks", "1"});
    EXPECT_EQ(link.code, 2) << link.errors;
    EXPECT_THAT(link.errors, HasSubstr(std::string("holds ") + (name + 4) + ", which gridmill did not write")) << name;
    EXPECT_EQ(read("other"), "mine\n");
    fs::remove(at(name));
    ASSERT_EQ(mkfifo(at(name).c_str(), 0600), 0);
    const Outcome pipe = run_program(GRIDMILL_PROGRAM, {"search", config, "--ranks", "1"});
    EXPECT_EQ(pipe.code, 2) << pipe.errors;
    EXPECT_THAT(pipe.errors, HasSubstr(std::string("holds ") + (name + 4) + ", which gridmill did not write")) << name;
  }
}

TEST_F(EndsTest, a_torn_tail_of_the_journal_is_told) {
  const std::string config = short_search();
  ASSERT_EQ(run_program(GRIDMILL_PROGRAM, {"search", config, "--ranks", "1"}).code, 0);
  fs::remove(at("run/summary.json"));
  fs::resize_file(at("run/journal"), journal_bytes() - kEventBytes - 3);
  const Outcome outcome = run_program(GRIDMILL_PROGRAM, {"search", config, "--ranks", "1"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.errors, HasSubstr("bytes were not written whole"));
}

TEST_F(EndsTest, a_stdout_that_cannot_be_written_is_told_at_any_number_of_ranks) {
  const std::string command = std::string(GRIDMILL_PROGRAM) + " search " + short_search() + " --quiet --ranks ";
  for (const std::string ranks : {"1", "2"}) {
    for (const std::string where : {" > /dev/full", " >&-"}) {
      fs::remove_all(at("run"));
      const Outcome outcome = shell(command + ranks + where);
      EXPECT_EQ(outcome.code, 1) << ranks << where;
      EXPECT_THAT(outcome.errors, testing::EndsWith("error: stdout cannot be written\n")) << ranks << where;
      EXPECT_TRUE(fs::exists(at("run/summary.json")));
    }
  }
}

TEST_F(EndsTest, a_limit_on_the_size_of_files_is_told_in_words) {
  for (const std::string ranks : {"1", "2"}) {
    fs::remove_all(at("run"));
    const Outcome outcome =
        shell("ulimit -f 1; " + std::string(GRIDMILL_PROGRAM) + " search " + short_search() + " --ranks " + ranks);
    EXPECT_EQ(outcome.code, 1) << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr("error: ")) << ranks;
    EXPECT_THAT(outcome.errors, Not(HasSubstr("signal"))) << ranks;
  }
}

TEST_F(EndsTest, needs_nothing_from_the_environment) {
  const Outcome outcome =
      shell("env -i " + std::string(GRIDMILL_PROGRAM) + " search " + short_search() + " --quiet --ranks 2");
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
}

TEST_F(EndsTest, an_import_that_is_interrupted_leaves_nothing) {
  std::ostringstream rows;
  rows << "id,x\n";
  for (int i = 0; i < 400000; ++i) rows << i << ",word" << i << '\n';
  const std::string source = write("rows.csv", rows.str());
  for (const auto& [signal, code] : {std::pair{SIGTERM, 75}, std::pair{SIGINT, 130}}) {
    Child child(GRIDMILL_PROGRAM, {"import", source, "--output", at("rows.h5")});
    while (n_unfinished() == 0 && !fs::exists(at("rows.h5"))) std::this_thread::yield();
    child.send(signal);
    const int ended_with = child.finish().code;
    EXPECT_EQ(n_unfinished(), 0U);
    if (ended_with == 0) GTEST_SKIP() << "it was done before it could be interrupted";
    EXPECT_EQ(ended_with, code);
    EXPECT_FALSE(fs::exists(at("rows.h5")));
  }
}

TEST_F(EndsTest, a_budget_ends_a_search_in_order) {
  for (const std::string ranks : {"1", "2"}) {
    const Outcome ended =
        run_program(GRIDMILL_PROGRAM, {"search", long_search(), "--ranks", ranks, "--budget", "1 s", "--overwrite"});
    EXPECT_EQ(ended.code, 75) << ended.errors;
    // On a busy machine it may not have come to the fits.
    EXPECT_THAT(ended.errors, HasSubstr("the budget of 1 second is used up"));
    EXPECT_THAT(ended.errors, HasSubstr("repeat the command to go on"));
  }
}

TEST_F(EndsTest, a_budget_that_is_used_up_before_the_work_begins_is_told_once) {
  for (const std::string ranks : {"1", "2"}) {
    const Outcome ended = run_program(
        GRIDMILL_PROGRAM, {"search", short_search(), "--ranks", ranks, "--budget", "0.001 s", "--overwrite"});
    EXPECT_EQ(ended.code, 75) << ended.errors;
    const std::size_t told = ended.errors.find("the budget of 0.001 seconds is used up");
    ASSERT_NE(told, std::string::npos) << ended.errors;
    EXPECT_EQ(ended.errors.find("is used up", told + 20), ended.errors.rfind("is used up")) << ended.errors;
  }
}

TEST_F(EndsTest, a_budget_that_is_not_used_up_changes_nothing) {
  const Outcome done = run_program(GRIDMILL_PROGRAM, {"search", short_search(), "--ranks", "1", "--budget", "2 hours"});
  EXPECT_EQ(done.code, 0) << done.errors;
  EXPECT_THAT(done.errors, Not(HasSubstr("is used up")));
}

TEST_F(EndsTest, a_budget_must_be_a_length_of_time) {
  for (const std::string word : {"soon", "0 s", "5 USD"}) {
    const Outcome refused = run_program(GRIDMILL_PROGRAM, {"search", short_search(), "--budget", word});
    EXPECT_EQ(refused.code, 2);
    EXPECT_THAT(refused.errors, HasSubstr("--budget " + word + ": must be a length of time"));
  }
}

}  // namespace
}  // namespace gridmill::cli
