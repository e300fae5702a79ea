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
#include <initializer_list>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "launch/family_tree.hpp"
#include "launch/mpirun_line.hpp"
#include "launch/muster.hpp"
#include "launch/passed_output.hpp"
#include "launch/running_job.hpp"
#include "launch/scout.hpp"
#include "launch/stop_signal.hpp"
#include "mpi/launcher_watch.hpp"
#include "mpi/launcher_word.hpp"

namespace gridmill::launch {

namespace {

using core::ExitCode;

constexpr int kCannotStart = 127;                   // of our child between fork and exec, as the shell uses it
constexpr int kLost = -1;                           // no code at all
constexpr std::chrono::seconds kOrphans{3};         // ranks whose mpirun is gone
constexpr std::chrono::seconds kOrphansOnHosts{0};  // nor do those of other machines get any, and ssh may hang
constexpr timespec kUntilHostsAreAskedAgain{.tv_sec = 10, .tv_nsec = 0};
constexpr int kSignalBase = 128;  // mpirun's exit code of a rank that died of signal s is 128 + s

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

sigset_t with(sigset_t set, std::initializer_list<int> signals) {
  for (const int signal : signals) sigaddset(&set, signal);
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

/// The child's side of the fork; never returns.
[[noreturn]] void become(const RankJob& job, const Placement& placement, const BlockedSignals& blocked, pid_t parent,
                         const PassedOutput& output) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(kCannotStart);
  // A group of its own: Ctrl-C on the terminal reaches us alone, and we decide what the ranks hear.
  setpgid(0, 0);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  output.become_stdout();
  close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);  // connections of others that this process serves
  set_environment(placement, parent);
  const std::vector<std::string> line = job.hosts ? mpirun_line(job, placement, passed_variables()) : mpirun_line(job);
  blocked.restore();
  std::vector<char*> argv;
  for (const std::string& word : line) argv.push_back(const_cast<char*>(word.c_str()));  // NOLINT: execvp's signature
  argv.push_back(nullptr);
  execvp(argv.front(), argv.data());
  _exit(kCannotStart);
}

bool is_ours(int code) {
  constexpr std::array kCodes{ExitCode::done,           ExitCode::incomplete, ExitCode::bad_input,
                              ExitCode::internal_error, ExitCode::stopped,    ExitCode::interrupted};
  for (const ExitCode ours : kCodes) {
    if (code == static_cast<int>(ours)) return true;
  }
  return false;
}

/// The exit code of a job that was asked to stop, and had not finished.
ExitCode stopped_code(int signal) { return signal == SIGINT ? ExitCode::interrupted : ExitCode::stopped; }

ExitCode stopped_code(int code, int signal) {
  const bool finished = code == static_cast<int>(ExitCode::done) || code == static_cast<int>(ExitCode::bad_input) ||
                        code == static_cast<int>(ExitCode::internal_error);
  return finished ? static_cast<ExitCode>(code) : stopped_code(signal);
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

/// Tells the ranks of the next launch what is to be blamed on what was at work.
void tell_ranks_of(int blamed_signal) {
  setenv(mpi::kBlamedSignalVariable, std::to_string(blamed_signal).c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
}

/// How a launch ended.
struct LaunchEnd {
  int code = 0;             // of mpirun, as a shell tells it
  std::optional<int> told;  // the code that rank 0 has told
  bool mpirun_killed = false;
  bool was_late = false;  // its ranks did not find each other
  int first_signal = 0;   // that we were sent; 0: none
  bool written = true;    // its stdout
  bool out_of_memory = false;
  bool was_paused = false;  // so that more hosts can work
  std::set<int> leaving;    // ranks whose machines are about to be taken away; empty without hosts
};

/// Returns the exit code of mpirun as a shell tells it; kLost: it knew none.
int exit_code(int status, const RunningJob& job) {
  if (job.has_hung()) return job.told().value_or(kLost);  // rank 0 had ended before
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
}

/// Takes a signal that has come, if one of the set has; 0: none.
int taken_signal(const sigset_t& set, timespec most) {
  const int signal = sigtimedwait(&set, nullptr, &most);
  return std::max(signal, 0);
}

/// Starts ranks, again and again if need be.
class Supervisor {
 public:
  Supervisor(const RankJob& job, std::ostream& errors)
      : job_(job),
        errors_(errors),
        // An ignored SIGHUP stays so (nohup); sigwait would take it nevertheless.
        stops_(is_ignored(SIGHUP) ? set_of({SIGINT, SIGTERM, SIGUSR1}) : set_of({SIGINT, SIGTERM, SIGUSR1, SIGHUP})),
        watched_(with(stops_, {SIGCHLD, mpi::launcher_signal()})),
        blocked_(watched_),
        evidence_(job.evidence ? job.evidence : [] { return Evidence{}; }) {
    if (job.hosts) muster_.emplace(*job.hosts, errors);
  }

  ExitCode run() {
    Supervision supervision(evidence_());
    std::optional<Placement> paused;  // the last launch, if it ended so that more hosts can work
    for (bool is_first = true;; is_first = false) {
      const Placement placement = muster_ ? muster_->call(paused.has_value(), stops_) : Placement{};
      if (const int signal = taken_signal(stops_, {})) return stopped_code(signal);
      Loss loss{.on_hosts = job_.hosts.has_value(), .no_host = muster_ && !has_workers(placement)};
      if (loss.no_host && is_first) {
        throw core::RunError("none of the hosts can work on this job",
                             "the reasons stand above; mend one and repeat the command");
      }
      if (!loss.no_host) {
        const LaunchEnd end = launch(placement);
        for (const int rank : end.leaving) muster_->leave_out(machine_of(rank, placement));
        const bool is_pause = end.was_paused && end.first_signal == 0 && !end.leaving.contains(0);
        if (is_pause && end.told == static_cast<int>(ExitCode::stopped)) {
          errors_ << "note: more hosts can work: the ranks are started again and go on with what is finished"
                  << std::endl;
          paused = placement;
          tell_ranks_of(0);
          continue;
        }
        if (const auto code = code_of(end)) return *code;
        if (paused) muster_->leave_out_new(*paused, placement);
        paused.reset();
        loss.code = end.code;
        loss.of_mpirun = end.mpirun_killed;
        if (end.was_late) loss.not_there_s = static_cast<int>(patience(placement).count());
        loss.out_of_memory = end.out_of_memory;
      }
      loss.evidence = evidence_();
      const Supervision::Verdict verdict = supervision.judge(loss);
      if (!verdict.again) {
        errors_ << "error: " << verdict.words << "\n  what was finished is kept: repeat the command to go on\n";
        return ExitCode::incomplete;
      }
      errors_ << "warning: " << verdict.words << std::endl;
      tell_ranks_of(verdict.blamed_signal);
      if (loss.no_host) {
        if (const int signal = taken_signal(stops_, kUntilHostsAreAskedAgain)) return stopped_code(signal);
      }
    }
  }

 private:
  LaunchEnd launch(const Placement& placement) {
    const std::uint64_t n_killed_before = n_killed_for_memory();
    const Orphans orphans;
    PassedOutput output;
    const pid_t parent = getpid();
    const pid_t mpirun = fork();
    if (mpirun < 0) throw core::RunError(fmt::format("cannot start mpirun: {}", std::strerror(errno)));
    if (mpirun == 0) become(job_, placement, blocked_, parent, output);
    output.start();
    RunningJob job(mpirun, watched_, patience(placement));
    std::optional<Scout> scout;
    if (muster_) {
      scout.emplace(*job_.hosts, placement, muster_->left_out());
      job.pause_when([&, begin = std::chrono::steady_clock::now()] {
        const auto since = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin);
        return is_worth_more(n_computing(placement), scout->n_waiting(), since, before_more_);
      });
    }
    const int status = job.wait();
    scout.reset();
    orphans.end(job_.hosts ? kOrphansOnHosts : kOrphans);
    // mpirun removes them, unless it is killed.
    if (WIFSIGNALED(status)) mpi::JobTraces::of_mpirun(mpirun).remove();
    const bool written = output.finish();
    return {.code = exit_code(status, job),
            .told = job.told(),
            .mpirun_killed = WIFSIGNALED(status) && !job.has_hung(),
            .was_late = job.was_late(),
            .first_signal = job.first_signal(),
            .written = written,
            .out_of_memory = n_killed_for_memory() > n_killed_before,
            .was_paused = job.was_paused(),
            .leaving = muster_ ? job.leaving() : std::set<int>{}};
  }

  /// Returns how the job has ended; nothing: ranks were lost, and it has not.
  [[nodiscard]] std::optional<ExitCode> code_of(const LaunchEnd& end) const {
    if (end.code == kCannotStart) {
      throw core::RunError("cannot start mpirun",
                           "install Open MPI (openmpi-bin), or use '--ranks 1', which needs none");
    }
    // Where a host is lost mpirun may end with any code, 0 and 1 included: only what rank 0 has told counts.
    const int code = job_.hosts ? end.told.value_or(kLost) : end.code;
    if (end.first_signal != 0) return stopped_code(code, end.first_signal);
    if (end.was_late || !is_ours(code)) return std::nullopt;
    if (code == static_cast<int>(ExitCode::done) && !end.written) throw core::RunError("stdout cannot be written");
    return static_cast<ExitCode>(code);
  }

  [[nodiscard]] std::chrono::seconds patience(const Placement& placement) const {
    std::size_t n_ranks = job_.hosts ? 0 : job_.n_ranks;
    for (const RanksOn& machine : placement.machines) n_ranks += machine.n_ranks;
    return job_.patience.value_or(start_patience(n_ranks));
  }

  /// How many ranks do tasks.
  [[nodiscard]] static std::size_t n_computing(const Placement& placement) {
    std::size_t n = placement.computes_here ? 0 : std::size_t{0} - placement.machines.front().n_ranks;
    for (const RanksOn& machine : placement.machines) n += machine.n_ranks;
    return n;
  }

  const RankJob& job_;
  std::ostream& errors_;
  sigset_t stops_;
  sigset_t watched_;
  BlockedSignals blocked_;
  std::function<Evidence()> evidence_;
  std::optional<Muster> muster_;
  std::chrono::seconds before_more_ = time_before_more();
};

}  // namespace

std::string this_program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

ExitCode start_ranks(const RankJob& job, std::ostream& errors) {
  std::signal(SIGCHLD, SIG_DFL);  // whoever started us may have left it ignored; then no child could be waited for
  return Supervisor(job, errors).run();
}

}  // namespace gridmill::launch
