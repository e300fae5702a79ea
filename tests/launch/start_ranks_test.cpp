#include "launch/start_ranks.hpp"

#include <csignal>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "launch/available_cores.hpp"
#include "tests/cli/child.hpp"

namespace gridmill::launch {
namespace {

using cli::Child;
using cli::Outcome;
using cli::run_program;
using testing::HasSubstr;
using testing::Not;

Outcome start(const std::vector<std::string>& words) {
  std::vector<std::string> all(1, "start");
  all.insert(all.end(), words.begin(), words.end());
  return run_program(LAUNCH_HELPER, all);
}

TEST(start_ranks, starts_the_ranks_with_one_thread_each) {
  const Outcome outcome = start({"2", "hello"});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.out, HasSubstr("rank 0 of 2, threads 1\n"));
  EXPECT_THAT(outcome.out, HasSubstr("rank 1 of 2, threads 1\n"));
}

TEST(start_ranks, spares_open_mpi_searches_unless_the_user_asks_for_them) {
  setenv("HOME", testing::TempDir().c_str(), 1);  // without a file of Open MPI's
  EXPECT_EQ(start({"1", "print", "OMPI_MCA_pml"}).out, "OMPI_MCA_pml=ob1\n");
  EXPECT_EQ(start({"1", "print", "PMIX_MCA_gds"}).out, "PMIX_MCA_gds=hash\n");
  setenv("OMPI_MCA_mtl", "^ofi", 1);
  setenv("PMIX_MCA_gds", "^ds12", 1);
  EXPECT_EQ(start({"1", "print", "OMPI_MCA_pml"}).out, "OMPI_MCA_pml=\n");
  EXPECT_EQ(start({"1", "print", "PMIX_MCA_gds"}).out, "PMIX_MCA_gds=^ds12\n");
  unsetenv("OMPI_MCA_mtl");
  unsetenv("PMIX_MCA_gds");
}

TEST(start_ranks, passes_our_exit_codes_through_without_a_word) {
  for (const int code : {1, 2, 3, 75, 130}) {
    const Outcome outcome = start({"2", "exit", std::to_string(code)});
    EXPECT_EQ(outcome.code, code);
    EXPECT_EQ(outcome.errors, "");
  }
}

TEST(start_ranks, gives_up_after_three_launches_that_brought_nothing_and_says_why) {
  const Outcome outcome = start({"1", "exit", "42"});
  EXPECT_EQ(outcome.code, 1);
  const std::string lost = "a rank ended with the unexpected code 42; ";
  const std::string again = "warning: " + lost + "the ranks are started again and go on with what is finished\n";
  EXPECT_EQ(outcome.errors, again + again + "error: " + lost +
                                "3 launches in a row ended so before anything more was finished\n"
                                "  what was finished is kept: repeat the command to go on\n");
}

TEST(start_ranks, starts_ranks_that_were_lost_again_as_long_as_they_bring_something) {
  const std::string done = testing::TempDir() + "start_ranks_done";
  std::filesystem::remove(done);
  setenv("LAUNCH_HELPER_DONE", done.c_str(), 1);
  const Outcome outcome = start({"1", "work"});
  unsetenv("LAUNCH_HELPER_DONE");
  EXPECT_EQ(outcome.code, 0);
  const std::string again =
      "warning: a rank crashed with signal 11 (Segmentation fault); the ranks are started again and go on with what is "
      "finished\n";
  EXPECT_EQ(outcome.errors, again + again);
  EXPECT_EQ(std::filesystem::file_size(done), 3U);
}

TEST(start_ranks, is_there_again_within_three_seconds_of_a_kill) {
  const auto begin = std::chrono::steady_clock::now();
  const Outcome outcome = start({"2", "die"});
  const double a_launch_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / 3;
  EXPECT_LT(a_launch_s, 5) << "its start and its end, on a busy machine";
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors,
              HasSubstr("warning: a rank was killed by signal 9 (Killed); the ranks are started again"));
}

TEST(start_ranks, here_mpiruns_code_counts_whatever_rank_0_has_told) {
  EXPECT_EQ(start({"1", "tell", "0", "2"}).code, 2);
  EXPECT_EQ(start({"1", "tell", "2", "0"}).code, 0);
}

TEST(start_ranks, a_wish_to_stop_reaches_the_ranks) {
  for (const auto& [signal, code] : {std::pair{SIGTERM, 75}, std::pair{SIGUSR1, 75}, std::pair{SIGINT, 130}}) {
    Child child(LAUNCH_HELPER, {"start", "1", "stop"});
    ASSERT_TRUE(child.wait_for_output("ready"));
    child.send(signal);
    const Outcome outcome = child.finish();
    EXPECT_EQ(outcome.code, code) << "signal " << signal;
    EXPECT_EQ(outcome.errors, "");
  }
}

TEST(start_ranks, ranks_that_do_not_find_each_other_are_given_up_and_others_may_take_their_time) {
  const std::string mark = testing::TempDir() + "start_ranks_hung";
  for (const char* rank : {"0", "1"}) std::filesystem::remove(mark + rank);
  setenv("LAUNCH_HELPER_DONE", mark.c_str(), 1);
  setenv("LAUNCH_HELPER_PATIENCE", "2", 1);
  const Outcome outcome = start({"2", "hang"});
  unsetenv("LAUNCH_HELPER_DONE");
  unsetenv("LAUNCH_HELPER_PATIENCE");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.errors, HasSubstr("warning: the ranks had not found each other after 2 s; the ranks are started "
                                        "again and go on with what is finished\n"));
}

/// Asks ranks twice to end, the second time when the first wish has been taken.
Outcome ask_twice(const std::string& what) {
  Child child(LAUNCH_HELPER, {"start", "1", what});
  EXPECT_TRUE(child.wait_for_output("ready"));
  child.send(SIGINT);
  cli::wait_for_arrival(child.pid(), SIGINT);
  child.send(SIGINT);
  return child.finish();
}

TEST(start_ranks, a_second_wish_lets_the_ranks_tidy_up) {
  const auto begin = std::chrono::steady_clock::now();
  const Outcome outcome = ask_twice("insist");
  EXPECT_EQ(outcome.code, 130);
  EXPECT_THAT(outcome.out, HasSubstr("tidied"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10)) << "it was not a matter of patience";
}

TEST(start_ranks, ranks_that_do_not_follow_an_order_are_killed) {
  const Outcome outcome = ask_twice("resist");
  EXPECT_EQ(outcome.code, 130);
  EXPECT_THAT(outcome.out, Not(HasSubstr("tidied")));
}

TEST(available_cores, there_is_at_least_one) { EXPECT_GE(available_cores(), 1U); }

}  // namespace
}  // namespace gridmill::launch
