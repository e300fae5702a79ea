#include "mpi/guard.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <gtest/gtest.h>

namespace gridmill::mpi {
namespace {

/// Has a process of its own do something under guard, and returns its wait status.
template <class Deed>
int status_of(Deed deed) {
  const pid_t process = fork();
  if (process == 0) {
    const Guard guard(Guard::kMostSilentBeats, std::chrono::milliseconds(5));
    deed();
    _exit(7);
  }
  int status = 0;
  waitpid(process, &status, 0);  // also of one that is stopped: it is over when it is killed
  return status;
}

TEST(guard, kills_a_process_that_was_stopped) {
  const int status = status_of([] { raise(SIGSTOP); });
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST(guard, leaves_one_alone_that_lives) {
  // For four times as long as a silent one is left alone.
  const int status = status_of([] { usleep(4 * 5000 * Guard::kMostSilentBeats); });
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(guard, its_process_is_gone_with_it) {
  { const Guard guard; }
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "no child is left";
}

}  // namespace
}  // namespace gridmill::mpi
