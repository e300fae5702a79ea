#include "mpi/guard.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "core/host.hpp"
#include "mpi/heartbeat.hpp"

namespace gridmill::mpi {

Guard::Guard(int most_silent_beats, std::chrono::milliseconds between_beats)
    : most_silent_beats_(most_silent_beats), between_beats_(between_beats) {
  void* memory =
      ::mmap(nullptr, sizeof *beats_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);  // NOLINT: sys/mman
  if (memory == MAP_FAILED) return;
  beats_ = new (memory) std::atomic<std::uint32_t>(0);
  const pid_t self = ::getpid();
  watcher_ = ::fork();
  if (watcher_ == 0) watch(self);
  if (watcher_ > 0) thread_ = std::thread([this] { beat(); });
}

Guard::~Guard() {
  if (watcher_ > 0) {
    ::kill(watcher_, SIGKILL);
    ::waitpid(watcher_, nullptr, 0);
    {
      const std::scoped_lock lock(mutex_);
      ended_ = true;
    }
    end_noted_.notify_one();
    thread_.join();
  }
  if (beats_ != nullptr) ::munmap(beats_, sizeof *beats_);
}

void Guard::beat() {
  std::unique_lock lock(mutex_);
  while (!end_noted_.wait_for(lock, between_beats_, [this] { return ended_; })) ++*beats_;
}

/// What the watching process does.
void Guard::watch(pid_t watched) const {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != watched) ::_exit(0);
  // What stops the whole group of the one that is watched does not stop this one; what asks it to end is its concern.
  ::setpgid(0, 0);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2}) std::signal(signal, SIG_IGN);
  // Whoever reads what the other one says is not to wait for this one to end.
  ::close_range(0, STDERR_FILENO - 1, 0);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  for (Silence silence(most_silent_beats_);;) {
    std::this_thread::sleep_for(between_beats_);
    if (!silence.look(*beats_) || is_traced(watched)) continue;
    const std::string words =
        fmt::format("warning: process {} on {} has shown no sign of life for {} s: it is killed\n", watched,
                    core::own_host_name(), (between_beats_ * most_silent_beats_).count() / 1000);
    std::ignore = ::write(STDERR_FILENO, words.data(), words.size());
    ::kill(watched, SIGKILL);
    ::_exit(0);
  }
}

OnNode on_node() {
  const auto told = [](const char* name) {
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
    return std::string_view(text == nullptr ? "" : text);
  };
  // Open MPI's own first: an mpirun that Slurm has started hands Slurm's words on, which are about the mpirun.
  if (const std::string_view rank = told("OMPI_COMM_WORLD_LOCAL_RANK"); !rank.empty()) {
    return {.is_first = rank == "0", .is_alone = told("OMPI_COMM_WORLD_LOCAL_SIZE") == "1"};
  }
  const std::string_view n_tasks = told("SLURM_STEP_NUM_TASKS");
  return {.is_first = told("SLURM_LOCALID") == "0",
          .is_alone = !n_tasks.empty() && n_tasks == told("SLURM_STEP_NUM_NODES")};
}

}  // namespace gridmill::mpi
