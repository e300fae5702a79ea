#include "mpi/launcher_word.hpp"

#include <sys/types.h>
#include <unistd.h>
#include <bit>
#include <csignal>
#include <cstdint>

#include "mpi/launcher_watch.hpp"

namespace gridmill::mpi {

namespace {

constexpr int kBegun = 0;
constexpr int kEndBase = 1;
constexpr int kLeavingBase = 1024;  // above all exit codes

constexpr unsigned kStarterShift = 32;  // above the number: who sends it may have ended when it is heard
static_assert(sizeof(std::uintptr_t) == 8 && std::endian::native == std::endian::little, "sival_int is its lower half");

sigval word_of(int number) {
  const auto starter = static_cast<std::uintptr_t>(::getppid()) << kStarterShift;
  sigval word{};
  word.sival_ptr = reinterpret_cast<void*>(starter | static_cast<std::uint32_t>(number));  // NOLINT: all that it takes
  return word;
}

void tell(int number) {
  const pid_t launcher = own_launcher();
  // Whoever has that number and did not start us knows nothing of the signal.
  if (launcher > 1 && descends_from(::getpid(), launcher)) ::sigqueue(launcher, launcher_signal(), word_of(number));
}

}  // namespace

int launcher_signal() { return SIGRTMIN; }

void tell_launcher_begun() { tell(kBegun); }

void tell_launcher_end(core::ExitCode code) { tell(kEndBase + static_cast<int>(code)); }

void tell_launcher_leaving(int rank) { tell(kLeavingBase + rank); }

std::optional<int> end_told(int number) {
  return number >= kEndBase && number < kLeavingBase ? std::optional(number - kEndBase) : std::nullopt;
}

pid_t starter_told(sigval word) {
  return static_cast<pid_t>(reinterpret_cast<std::uintptr_t>(word.sival_ptr) >> kStarterShift);  // NOLINT: as above
}

std::optional<int> leaving_told(int number) {
  return number >= kLeavingBase ? std::optional(number - kLeavingBase) : std::nullopt;
}

}  // namespace gridmill::mpi
