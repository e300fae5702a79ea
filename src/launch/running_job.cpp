#include "launch/running_job.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>

#include "launch/family_tree.hpp"
#include "mpi/launcher_watch.hpp"
#include "mpi/launcher_word.hpp"

namespace gridmill::launch {

namespace {

constexpr timespec kPatience{.tv_sec = 10, .tv_nsec = 0};  // ranks end within one second after a wish to stop
constexpr timespec kToTidy{.tv_sec = 2, .tv_nsec = 0};     // after an order they remove what is unfinished, and end
constexpr timespec kAfterKill{.tv_sec = 5, .tv_nsec = 0};  // mpirun takes two to notice
constexpr timespec kUntilLook{.tv_sec = 1, .tv_nsec = 0};
constexpr timespec kNoTime{};
constexpr std::chrono::seconds kAloneAtMost{5};
constexpr std::chrono::milliseconds kNone{0};

}  // namespace

int RunningJob::wait() {
  for (;;) {
    int status = 0;
    const bool is_news = waitpid(mpirun_, &status, WNOHANG | WUNTRACED) == mpirun_;
    if (is_news && !WIFSTOPPED(status)) {
      hear_last_words();
      return status;
    }
    // Stopped by somebody, it would leave the end of its ranks unnoticed.
    if (is_news && WSTOPSIG(status) == SIGSTOP) kill(mpirun_, SIGCONT);
    if (!is_news) hear();
  }
}

/// Waits for a signal and passes it on: the first as the wish to stop, the next ones as orders.
void RunningJob::hear() {
  siginfo_t info{};
  const timespec patience = patience_left();
  const int signal = sigtimedwait(&watched_, &info, &patience);
  if (signal == SIGCHLD || (signal < 0 && errno == EINTR)) return;
  if (signal == mpi::launcher_signal()) {
    // Not of ranks of the launch before. One that has ended right after its word descends from nobody any more.
    if (mpi::descends_from(info.si_pid, mpirun_) || mpi::starter_told(info.si_value) == mpirun_) note_word(info);
    return;
  }
  if (signal > 0 && first_ == 0) first_ = signal;
  if (order_ == Order::none && signal > 0) {
    order_ = Order::stop;
    kill(mpirun_, SIGUSR1);  // mpirun hands it to every rank
  } else if (order_ == Order::none) {
    look();
  } else if (signal < 0 || signal == SIGINT || signal == SIGTERM) {
    insist();
  }
}

/// Ends the job if its ranks do not find each other, or mpirun does not see its end: a daemon on a host that hangs is
/// waited for by it for ever.
void RunningJob::look() {
  if (!ranks_are_there_) {
    if (Clock::now() < there_by_) return;
    was_late_ = true;
    end_by_force();
  } else if (::kill(first_rank_, 0) == 0) {
    alone_since_.reset();
    if (was_paused_ || !is_pause_wanted_ || !is_pause_wanted_()) return;
    was_paused_ = true;
    ::kill(first_rank_, SIGUSR2);
  } else if (!alone_since_) {
    alone_since_ = Clock::now();
  } else if (Clock::now() - *alone_since_ > kAloneAtMost) {
    has_hung_ = true;
    kill(mpirun_, SIGKILL);
  }
}

/// Takes in what rank 0 has said and nobody has heard yet.
void RunningJob::hear_last_words() {
  sigset_t words;
  sigemptyset(&words);
  sigaddset(&words, mpi::launcher_signal());
  for (siginfo_t info{}; sigtimedwait(&words, &info, &kNoTime) > 0;) note_word(info);
}

void RunningJob::note_word(const siginfo_t& info) {
  ranks_are_there_ = true;
  first_rank_ = info.si_pid;
  if (const auto code = mpi::end_told(info.si_value.sival_int)) told_ = code;
  if (const auto rank = mpi::leaving_told(info.si_value.sival_int)) leaving_.insert(*rank);
}

/// Returns how long to wait for something to happen.
timespec RunningJob::patience_left() const {
  switch (order_) {
    case Order::none: break;
    case Order::stop: return kPatience;
    case Order::leave: return kToTidy;
    case Order::end: return kAfterKill;
  }
  if (ranks_are_there_) return kUntilLook;
  const auto left = std::max(std::chrono::ceil<std::chrono::milliseconds>(there_by_ - Clock::now()), kNone);
  return timespec{.tv_sec = left.count() / 1000, .tv_nsec = left.count() % 1000 * 1000000};
}

/// Gives the next, sharper order.
void RunningJob::insist() {
  if (order_ == Order::stop) {
    order_ = Order::leave;
    for (const pid_t rank : children_of(mpirun_)) kill(rank, SIGTERM);  // the second signal that they hear
  } else if (order_ == Order::leave) {
    end_by_force();
  } else {
    kill(mpirun_, SIGKILL);
  }
}

/// mpirun cleans up when the ranks are gone. It is not to be asked to end itself: asked twice, at the wrong moment, it
/// crashes.
void RunningJob::end_by_force() {
  order_ = Order::end;
  for (const pid_t rank : children_of(mpirun_)) kill(rank, SIGKILL);
}

}  // namespace gridmill::launch
