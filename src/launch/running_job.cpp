#include "launch/running_job.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "launch/family_tree.hpp"
#include "mpi/launcher_word.hpp"

namespace gridmill::launch {

namespace {

constexpr timespec kPatience{.tv_sec = 10, .tv_nsec = 0};  // ranks end within one second after a wish to stop
constexpr timespec kAfterKill{.tv_sec = 5, .tv_nsec = 0};  // mpirun takes two to notice
constexpr timespec kNoTime{};

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

/// Waits for a signal and passes it on: the first as the wish to stop, the next as an order.
void RunningJob::hear() {
  siginfo_t info{};
  const auto most = patience();
  const int signal = most ? sigtimedwait(&watched_, &info, &*most) : sigwaitinfo(&watched_, &info);
  if (signal == SIGCHLD || (signal < 0 && errno == EINTR)) return;
  if (signal < 0) {
    never_began_ = never_began_ || order_ == Order::none;
    end_now();
  } else if (signal == mpi::launcher_signal()) {
    note_word(info);
  } else if (first_ == 0) {
    first_ = signal;
    if (order_ == Order::end) return;
    order_ = Order::stop;
    kill(mpirun_, SIGUSR1);  // mpirun hands it to every rank
  } else if (signal == SIGINT || signal == SIGTERM) {
    end_now();
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
  begun_ = true;
  if (const auto code = mpi::end_told(info.si_value.sival_int)) told_ = code;
}

/// How long to wait for a signal; nothing: as long as it takes.
std::optional<timespec> RunningJob::patience() const {
  if (order_ == Order::stop) return kPatience;
  if (order_ == Order::end) return kAfterKill;
  if (begun_) return std::nullopt;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(start_end_ - Clock::now()).count();
  const auto most = std::max<std::int64_t>(left, 0);
  return timespec{.tv_sec = most / 1000, .tv_nsec = most % 1000 * 1'000'000};
}

/// Kills the ranks, of which mpirun then cleans up; and mpirun, if it does not. It is not to be asked to end itself:
/// asked twice, at the wrong moment, it crashes.
void RunningJob::end_now() {
  if (order_ == Order::end) {
    kill(mpirun_, SIGKILL);
    return;
  }
  order_ = Order::end;
  for (const pid_t rank : children_of(mpirun_)) kill(rank, SIGKILL);
}

}  // namespace gridmill::launch
