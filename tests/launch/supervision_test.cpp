#include "launch/supervision.hpp"

#include <csignal>

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "launch/scout.hpp"
#include "mpi/heartbeat.hpp"

namespace gridmill::launch {
namespace {

using testing::HasSubstr;

Loss killed(std::uint64_t n_finished, std::uint64_t n_deaths = 0, int signal = SIGKILL) {
  return {.code = 128 + signal, .evidence = {.n_finished = n_finished, .n_deaths = n_deaths}};
}

TEST(supervision, starts_again_for_ever_where_each_launch_brings_something) {
  Supervision supervision({.n_finished = 5});
  for (std::uint64_t n = 6; n < 200; ++n) EXPECT_TRUE(supervision.judge(killed(n)).again) << n;
}

TEST(supervision, the_third_launch_in_a_row_that_brings_nothing_is_the_last) {
  Supervision supervision({.n_finished = 5});
  EXPECT_TRUE(supervision.judge(killed(5)).again);
  EXPECT_TRUE(supervision.judge(killed(5)).again);
  EXPECT_TRUE(supervision.judge(killed(6)).again) << "counted anew";
  EXPECT_TRUE(supervision.judge(killed(6)).again);
  EXPECT_TRUE(supervision.judge(killed(6)).again);
  const Supervision::Verdict last = supervision.judge(killed(6));
  EXPECT_FALSE(last.again);
  EXPECT_EQ(last.words,
            "a rank was killed by signal 9 (Killed); 3 launches in a row ended so before anything more was finished");
}

TEST(supervision, the_blame_for_a_death_counts_as_something_but_not_for_ever) {
  Supervision supervision({});
  // Three deaths of a task, after which it counts as failed.
  for (std::uint64_t n = 1; n <= 3; ++n) EXPECT_TRUE(supervision.judge(killed(0, n, SIGSEGV)).again) << n;
  EXPECT_TRUE(supervision.judge(killed(1, 4, SIGABRT)).again);
  // Another task each time.
  for (std::uint64_t n = 5; n < 14; ++n) EXPECT_TRUE(supervision.judge(killed(1, n, SIGSEGV)).again) << n;
  const Supervision::Verdict last = supervision.judge(killed(1, 14, SIGSEGV));
  EXPECT_FALSE(last.again);
  EXPECT_THAT(last.words, HasSubstr("in 10 launches in a row all that was tried crashed"));
}

TEST(supervision, blames_the_work_for_a_kill_only_where_the_system_had_no_memory_left) {
  Supervision supervision({});
  EXPECT_EQ(supervision.judge(killed(1)).blamed_signal, 0);
  Loss loss = killed(2);
  loss.out_of_memory = true;
  const Supervision::Verdict verdict = supervision.judge(loss);
  EXPECT_EQ(verdict.blamed_signal, SIGKILL);
  EXPECT_THAT(verdict.words, HasSubstr("there was no memory left"));
  loss.of_mpirun = true;
  EXPECT_EQ(supervision.judge(loss).blamed_signal, 0) << "that is no rank";
  loss.of_mpirun = false;
  loss.not_there_s = 62;
  EXPECT_EQ(supervision.judge(loss).blamed_signal, 0) << "it was killed by us";
  loss = killed(3, 0, SIGTERM);
  loss.out_of_memory = true;
  EXPECT_EQ(supervision.judge(loss).blamed_signal, 0) << "that is another signal";
}

TEST(supervision, blames_the_work_for_a_crash_that_no_record_tells_of_on_other_hosts) {
  const auto signal_blamed = [](std::uint64_t n_deaths, bool on_hosts, int signal) {
    Supervision supervision({});
    Loss loss = killed(1, n_deaths, signal);
    loss.on_hosts = on_hosts;
    return supervision.judge(loss).blamed_signal;
  };
  EXPECT_EQ(signal_blamed(0, true, SIGSEGV), SIGSEGV);
  EXPECT_EQ(signal_blamed(1, true, SIGSEGV), 0) << "the rank has written down its task";
  EXPECT_EQ(signal_blamed(0, false, SIGSEGV), 0) << "here it would have";
  EXPECT_EQ(signal_blamed(0, true, SIGKILL), 0) << "it is no fault of the task";
}

TEST(supervision, blames_the_work_for_each_of_several_crashes) {
  Supervision supervision({});
  Loss loss = killed(0, 0, SIGSEGV);
  loss.on_hosts = true;
  for (std::uint64_t n = 0; n < 5; ++n) {
    loss.evidence.n_blamed = n;  // by the launch before
    const Supervision::Verdict verdict = supervision.judge(loss);
    EXPECT_EQ(verdict.blamed_signal, SIGSEGV) << n;
    EXPECT_TRUE(verdict.again) << n;
  }
}

TEST(supervision, says_what_was_lost) {
  EXPECT_EQ(loss_text({.code = 128 + SIGKILL}), "a rank was killed by signal 9 (Killed)");
  EXPECT_EQ(loss_text({.code = 128 + SIGKILL, .of_mpirun = true}), "mpirun was killed by signal 9 (Killed)");
  EXPECT_EQ(loss_text({.code = 128 + SIGBUS}), "a rank crashed with signal 7 (Bus error)");
  EXPECT_EQ(loss_text({.code = mpi::kSilentRankCode}), "a rank showed no sign of life any more");
  EXPECT_EQ(loss_text({.code = 128 + SIGKILL, .not_there_s = 62}), "the ranks had not found each other after 62 s");
  EXPECT_EQ(loss_text({.code = 42}), "a rank ended with the unexpected code 42");
}

TEST(supervision, a_code_that_names_no_signal_tells_of_a_lost_host) {
  EXPECT_EQ(loss_text({.code = 205, .on_hosts = true}), "a host, or the way to it, was lost");
  EXPECT_EQ(loss_text({.code = 0, .on_hosts = true}), "a host, or the way to it, was lost");
  EXPECT_EQ(loss_text({.code = 128 + SIGSEGV, .on_hosts = true}), "a rank crashed with signal 11 (Segmentation fault)");
  EXPECT_EQ(loss_text({.code = 128 + SIGKILL, .on_hosts = true}), "a rank was killed by signal 9 (Killed)");
}

TEST(supervision, hosts_that_cannot_work_are_asked_three_times) {
  Supervision supervision({.n_finished = 5});
  const Loss nobody{.on_hosts = true, .no_host = true, .evidence = {.n_finished = 5}};
  EXPECT_EQ(supervision.judge(nobody).words, "no host can work; they are asked again in a while");
  EXPECT_TRUE(supervision.judge(nobody).again);
  const Supervision::Verdict last = supervision.judge(nobody);
  EXPECT_FALSE(last.again);
  EXPECT_EQ(last.words, "no host can work, after 3 launches or questions in a row that brought nothing");
}

TEST(is_worth_more, a_quarter_more_after_some_minutes_is) {
  using std::chrono::seconds;
  EXPECT_TRUE(is_worth_more(8, 2, seconds(180), seconds(180)));
  EXPECT_FALSE(is_worth_more(8, 1, seconds(180), seconds(180))) << "too few";
  EXPECT_FALSE(is_worth_more(8, 2, seconds(179), seconds(180))) << "too soon";
  EXPECT_FALSE(is_worth_more(0, 0, seconds(999), seconds(180))) << "none";
}

}  // namespace
}  // namespace gridmill::launch
