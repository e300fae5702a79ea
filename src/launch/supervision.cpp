#include "launch/supervision.hpp"

#include <array>
#include <csignal>
#include <cstring>

#include <algorithm>

#include <fmt/format.h>

#include "mpi/heartbeat.hpp"

namespace gridmill::launch {

namespace {

constexpr int kShellBase = 128;  // of an exit code that stands for a signal

int signal_of(const Loss& loss) { return loss.code > kShellBase ? loss.code - kShellBase : 0; }

/// A process does this to itself; a signal that somebody sends is another one, as a rule.
bool is_crash(int signal) {
  constexpr std::array kCrashes{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
  return std::ranges::find(kCrashes, signal) != kCrashes.end();
}

/// A code of mpirun's that names no signal tells that one of its daemons was lost.
bool is_known(int signal) { return is_crash(signal) || signal == SIGKILL || signal == SIGTERM; }

bool is_for_want_of_memory(const Loss& loss) {
  return loss.out_of_memory && !loss.of_mpirun && loss.not_there_s == 0 && signal_of(loss) == SIGKILL;
}

/// A rank that crashes writes down its task, unless it works where it does not see the run directory.
bool is_unrecorded_crash(const Loss& loss, const Evidence& before) {
  return loss.on_hosts && !loss.of_mpirun && loss.not_there_s == 0 && is_crash(signal_of(loss)) &&
         loss.evidence.n_deaths == before.n_deaths;
}

}  // namespace

std::string loss_text(const Loss& loss) {
  if (loss.no_host) return "no host can work";
  const int signal = signal_of(loss);
  if (loss.not_there_s > 0) return fmt::format("the ranks had not found each other after {} s", loss.not_there_s);
  if (loss.on_hosts && !loss.of_mpirun && loss.code != mpi::kSilentRankCode && !is_known(signal)) {
    return "a host, or the way to it, was lost";
  }
  if (loss.code == mpi::kSilentRankCode) return "a rank showed no sign of life any more";
  if (signal == 0) return fmt::format("a rank ended with the unexpected code {}", loss.code);
  if (is_for_want_of_memory(loss)) return "a rank was killed by the system, as there was no memory left";
  const char* verb = is_crash(signal) && !loss.of_mpirun ? "crashed with" : "was killed by";
  return fmt::format("{} {} signal {} ({})", loss.of_mpirun ? "mpirun" : "a rank", verb, signal,
                     ::strsignal(signal));  // NOLINT(concurrency-mt-unsafe): one thread
}

Supervision::Verdict Supervision::judge(const Loss& loss) {
  const bool is_to_blame = is_for_want_of_memory(loss) || is_unrecorded_crash(loss, last_);
  n_idle_ = loss.evidence == last_ ? n_idle_ + 1 : 0;
  n_barren_ = loss.evidence.n_finished == last_.n_finished ? n_barren_ + 1 : 0;
  last_ = loss.evidence;
  Verdict verdict{.again = n_idle_ < kMostIdle && n_barren_ < kMostDeadly,
                  .words = loss_text(loss),
                  .blamed_signal = is_to_blame ? signal_of(loss) : 0};
  if (verdict.again) {
    verdict.words += loss.no_host ? "; they are asked again in a while"
                                  : "; the ranks are started again and go on with what is finished";
  } else if (loss.no_host) {
    verdict.words += fmt::format(", after {} launches or questions in a row that brought nothing", n_idle_);
  } else if (n_idle_ >= kMostIdle) {
    verdict.words += fmt::format("; {} launches in a row ended so before anything more was finished", n_idle_);
  } else {
    verdict.words += fmt::format("; in {} launches in a row all that was tried crashed", n_barren_);
  }
  return verdict;
}

}  // namespace gridmill::launch
