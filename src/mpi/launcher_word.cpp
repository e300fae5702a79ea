#include "mpi/launcher_word.hpp"

#include <sys/types.h>
#include <unistd.h>
#include <csignal>

#include "mpi/launcher_watch.hpp"

namespace gridmill::mpi {

namespace {

constexpr int kBegun = 0;
constexpr int kEndBase = 1;
constexpr int kLeavingBase = 1024;  // above all exit codes

void tell(int number) {
  const pid_t launcher = own_launcher();
  // Whoever has that number and did not start us knows nothing of the signal.
  if (launcher > 1 && descends_from(::getpid(), launcher))
    ::sigqueue(launcher, launcher_signal(), {.sival_int = number});
}

}  // namespace

int launcher_signal() { return SIGRTMIN; }

void tell_launcher_begun() { tell(kBegun); }

void tell_launcher_end(core::ExitCode code) { tell(kEndBase + static_cast<int>(code)); }

void tell_launcher_leaving(int rank) { tell(kLeavingBase + rank); }

std::optional<int> end_told(int number) {
  return number >= kEndBase && number < kLeavingBase ? std::optional(number - kEndBase) : std::nullopt;
}

std::optional<int> leaving_told(int number) {
  return number >= kLeavingBase ? std::optional(number - kLeavingBase) : std::nullopt;
}

}  // namespace gridmill::mpi
