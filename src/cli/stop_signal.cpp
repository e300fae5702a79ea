#include "cli/stop_signal.hpp"

#include <array>
#include <csignal>

namespace gridmill::cli {

namespace {

constexpr std::array kSignals{SIGUSR1, SIGTERM, SIGINT};

// A signal handler reaches nothing but a global.
std::atomic<bool> stop_wanted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void note_signal(int signal) {
  if (stop_wanted.exchange(true) && signal != SIGUSR1) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

}  // namespace

StopSignal::StopSignal() {
  stop_wanted = false;
  for (const int signal : kSignals) std::signal(signal, note_signal);
}

StopSignal::~StopSignal() {
  for (const int signal : kSignals) std::signal(signal, SIG_DFL);
}

const std::atomic<bool>& StopSignal::wanted() const { return stop_wanted; }

}  // namespace gridmill::cli
