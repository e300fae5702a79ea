#include "launch/start_ranks.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <fcntl.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "launch/family_tree.hpp"
#include "launch/passed_output.hpp"
#include "launch/stop_signal.hpp"
#include "mpi/launcher_watch.hpp"
#include "mpi/session.hpp"

namespace gridmill::launch {

namespace {

using core::ExitCode;

constexpr int kCannotStart = 127;  // of our child between fork and exec, as the shell uses it
constexpr int kSignalBase = 128;   // mpirun's exit code of a rank that died of signal s is 128 + s
constexpr timespec kPatience{.tv_sec = 10, .tv_nsec = 0};  // ranks end within one second after a wish to stop
constexpr timespec kToTidy{.tv_sec = 2, .tv_nsec = 0};     // after an order they remove what is unfinished, and end
constexpr timespec kAfterKill{.tv_sec = 5, .tv_nsec = 0};  // mpirun takes two to notice

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

/// Those that are waited for. An ignored SIGHUP stays so (nohup); sigwait would take it nevertheless.
sigset_t watched_signals() {
  sigset_t set = set_of({SIGINT, SIGTERM, SIGUSR1, SIGCHLD, mpi::kRanksAreThere});
  if (!is_ignored(SIGHUP)) sigaddset(&set, SIGHUP);
  return set;
}

/// Blocks signals, to be taken one by one with sigwait. They stay blocked, but in a child that restores what was
/// before: one that comes while the job ends is not to change how this program ends.
class BlockedSignals {
 public:
  explicit BlockedSignals(const sigset_t& set) { sigprocmask(SIG_BLOCK, &set, &before_); }

  void restore() const { sigprocmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

std::vector<std::string> mpirun_line(const RankJob& job) {
  // --quiet: what went wrong is said by us, once, not by mpirun in boxes.
  std::vector<std::string> line{"mpirun",          "--quiet",   "-n",  std::to_string(job.n_ranks),
                                "--oversubscribe", "--bind-to", "none"};
  if (geteuid() == 0) line.emplace_back("--allow-run-as-root");
  line.push_back(job.program);
  line.insert(line.end(), job.arguments.begin(), job.arguments.end());
  return line;
}

bool is_set(const char* name) { return std::getenv(name) != nullptr; }  // NOLINT(concurrency-mt-unsafe): one thread

/// Spares Open MPI most of its start, which is of no use to ranks beside each other: looking for network adapters that
/// match messages themselves, for graphics cards and disks, and making files for the few facts that ranks exchange.
void spare_searches() {
  mpi::spare_adapter_search();
  if (!is_set("HWLOC_COMPONENTS") && !is_set("HWLOC_PLUGINS_PATH")) {
    setenv("HWLOC_COMPONENTS", "-linuxio", 1);
    setenv("HWLOC_PLUGINS_PATH", "/nonexistent", 1);
  }
  setenv("PMIX_MCA_gds", "hash", 0);
}

/// The child's side of the fork; never returns.
[[noreturn]] void become(const std::vector<std::string>& line, const BlockedSignals& blocked, pid_t parent,
                         const PassedOutput& output) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(kCannotStart);
  // A group of its own: Ctrl-C on the terminal reaches us alone, and we decide what the ranks hear.
  setpgid(0, 0);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  output.become_stdout();
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  setenv("OMP_NUM_THREADS", "1", 1);
  setenv(mpi::kLauncherVariable, std::to_string(parent).c_str(), 1);
  // Without one, execvp finds mpirun, but mpirun finds nothing.
  setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 0);
  spare_searches();
  blocked.restore();
  std::vector<char*> argv;
  for (const std::string& word : line) argv.push_back(const_cast<char*>(word.c_str()));  // NOLINT: execvp's signature
  argv.push_back(nullptr);
  execvp(argv.front(), argv.data());
  _exit(kCannotStart);
}

/// mpirun, from its start to its end, and what the user has asked it to do.
class RunningJob {
 public:
  RunningJob(pid_t mpirun, const sigset_t& watched, std::chrono::seconds patience)
      : mpirun_(mpirun), watched_(watched), there_by_(Clock::now() + patience) {}

  /// Waits for its end; returns its wait status.
  int wait() {
    for (;;) {
      int status = 0;
      const bool is_news = waitpid(mpirun_, &status, WNOHANG | WUNTRACED) == mpirun_;
      if (is_news && !WIFSTOPPED(status)) return status;
      // Stopped by somebody, it would leave the end of its ranks unnoticed.
      if (is_news && WSTOPSIG(status) == SIGSTOP) kill(mpirun_, SIGCONT);
      if (!is_news) hear();
    }
  }

  [[nodiscard]] int first_signal() const { return first_; }
  /// Says whether it was ended because its ranks did not find each other.
  [[nodiscard]] bool was_late() const { return was_late_; }

 private:
  using Clock = std::chrono::steady_clock;

  /// Waits for a signal and passes it on: the first as the wish to stop, the next ones as orders.
  void hear() {
    siginfo_t info{};
    const std::optional<timespec> patience = patience_left();
    const int signal = patience ? sigtimedwait(&watched_, &info, &*patience) : sigwaitinfo(&watched_, &info);
    if (signal == SIGCHLD || (signal < 0 && errno == EINTR)) return;
    if (signal == mpi::kRanksAreThere) {
      // Not of ranks of the launch before.
      ranks_are_there_ = ranks_are_there_ || mpi::descends_from(info.si_pid, mpirun_);
      return;
    }
    if (signal > 0 && first_ == 0) first_ = signal;
    if (order_ == Order::none && signal > 0) {
      order_ = Order::stop;
      kill(mpirun_, SIGUSR1);  // mpirun hands it to every rank
    } else if (order_ == Order::none) {
      was_late_ = true;
      end_by_force();
    } else if (signal < 0 || signal == SIGINT || signal == SIGTERM) {
      insist();
    }
  }

  /// Gives the next, sharper order.
  void insist() {
    if (order_ == Order::stop) {
      order_ = Order::leave;
      for (const pid_t rank : children_of(mpirun_)) kill(rank, SIGTERM);  // the second signal that they hear
    } else if (order_ == Order::leave) {
      end_by_force();
    } else {
      kill(mpirun_, SIGKILL);
    }
  }

  /// mpirun cleans up when the ranks are gone. It is not to be asked to end itself: asked twice, at the wrong moment,
  /// it crashes.
  void end_by_force() {
    order_ = Order::end;
    for (const pid_t rank : children_of(mpirun_)) kill(rank, SIGKILL);
  }

  /// What was asked for last: nothing, an end in order, one at once that tidies up, one by force.
  enum class Order { none, stop, leave, end };

  /// Returns how long to wait for something to happen; nothing: for ever.
  [[nodiscard]] std::optional<timespec> patience_left() const {
    switch (order_) {
      case Order::none: break;
      case Order::stop: return kPatience;
      case Order::leave: return kToTidy;
      case Order::end: return kAfterKill;
    }
    if (ranks_are_there_) return std::nullopt;
    const auto left = std::max(std::chrono::ceil<std::chrono::milliseconds>(there_by_ - Clock::now()), kNone);
    return timespec{.tv_sec = left.count() / 1000, .tv_nsec = left.count() % 1000 * 1000000};
  }

  static constexpr std::chrono::milliseconds kNone{0};

  pid_t mpirun_;
  const sigset_t& watched_;
  Order order_ = Order::none;
  Clock::time_point there_by_;
  bool ranks_are_there_ = false;
  bool was_late_ = false;
  int first_ = 0;  // signal; 0: none
};

bool is_ours(int code) {
  constexpr std::array kCodes{ExitCode::done,           ExitCode::incomplete, ExitCode::bad_input,
                              ExitCode::internal_error, ExitCode::stopped,    ExitCode::interrupted};
  for (const ExitCode ours : kCodes) {
    if (code == static_cast<int>(ours)) return true;
  }
  return false;
}

/// The exit code of a job that was asked to stop.
ExitCode stopped_code(int code, int signal) {
  const bool finished = code == static_cast<int>(ExitCode::done) || code == static_cast<int>(ExitCode::bad_input) ||
                        code == static_cast<int>(ExitCode::internal_error);
  if (finished) return static_cast<ExitCode>(code);
  return signal == SIGINT ? ExitCode::interrupted : ExitCode::stopped;
}

/// Counts the processes that the system has killed since its start because there was no memory left.
std::uint64_t n_killed_for_memory() {
  std::ifstream counters("/proc/vmstat");
  std::uint64_t n = 0;
  for (std::string name; counters >> name >> n;) {
    if (name == "oom_kill") return n;
  }
  return 0;
}

/// How a launch ended.
struct LaunchEnd {
  int code = 0;  // as a shell tells it
  bool mpirun_killed = false;
  int first_signal = 0;  // that we were sent; 0: none
  bool written = true;   // its stdout
  bool out_of_memory = false;
  bool was_late = false;  // its ranks did not find each other
};

/// Starts ranks, again and again if need be.
class Supervisor {
 public:
  Supervisor(const RankJob& job, std::ostream& errors)
      : line_(mpirun_line(job)),
        patience_(job.patience),
        errors_(errors),
        watched_(watched_signals()),
        blocked_(watched_),
        evidence_(job.evidence ? job.evidence : [] { return Evidence{}; }) {}

  ExitCode run() {
    Supervision supervision(evidence_());
    for (;;) {
      const LaunchEnd end = launch();
      if (end.code == kCannotStart) {
        throw core::RunError("cannot start mpirun",
                             "install Open MPI (openmpi-bin), or use '--ranks 1', which needs none");
      }
      if (end.first_signal != 0) return stopped_code(end.code, end.first_signal);
      if (is_ours(end.code)) return checked(end);
      const Supervision::Verdict verdict = supervision.judge({.code = end.code,
                                                              .of_mpirun = end.mpirun_killed,
                                                              .out_of_memory = end.out_of_memory,
                                                              .not_there_s = end.was_late ? seconds() : 0,
                                                              .evidence = evidence_()});
      if (!verdict.again) {
        errors_ << "error: " << verdict.words << "\n  what was finished is kept: repeat the command to go on\n";
        return ExitCode::incomplete;
      }
      errors_ << "warning: " << verdict.words << std::endl;
      setenv(mpi::kOutOfMemoryVariable, verdict.out_of_memory ? "1" : "0", 1);  // NOLINT(concurrency-mt-unsafe)
    }
  }

 private:
  LaunchEnd launch() {
    const std::uint64_t n_killed_before = n_killed_for_memory();
    const Orphans orphans;
    PassedOutput output;
    const pid_t parent = getpid();
    const pid_t mpirun = fork();
    if (mpirun < 0) throw core::RunError(fmt::format("cannot start mpirun: {}", std::strerror(errno)));
    if (mpirun == 0) become(line_, blocked_, parent, output);
    output.start();
    RunningJob job(mpirun, watched_, patience_);
    const int status = job.wait();
    orphans.end();
    // mpirun removes them, unless it is killed.
    if (WIFSIGNALED(status)) mpi::JobTraces::of_mpirun(mpirun).remove();
    const bool written = output.finish();
    return {.code = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status),
            .mpirun_killed = WIFSIGNALED(status),
            .first_signal = job.first_signal(),
            .written = written,
            .out_of_memory = n_killed_for_memory() > n_killed_before,
            .was_late = job.was_late()};
  }

  static ExitCode checked(const LaunchEnd& end) {
    if (end.code == static_cast<int>(ExitCode::done) && !end.written) throw core::RunError("stdout cannot be written");
    return static_cast<ExitCode>(end.code);
  }

  [[nodiscard]] int seconds() const { return static_cast<int>(patience_.count()); }

  std::vector<std::string> line_;
  std::chrono::seconds patience_;
  std::ostream& errors_;
  sigset_t watched_;
  BlockedSignals blocked_;
  std::function<Evidence()> evidence_;
};

}  // namespace

std::string this_program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

ExitCode start_ranks(const RankJob& job, std::ostream& errors) {
  std::signal(SIGCHLD, SIG_DFL);  // whoever started us may have left it ignored; then no child could be waited for
  return Supervisor(job, errors).run();
}

}  // namespace gridmill::launch
