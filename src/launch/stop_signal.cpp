#include "launch/stop_signal.hpp"

#include <unistd.h>
#include <csignal>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "mpi/launcher_watch.hpp"

namespace gridmill::launch {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array kSignals{SIGUSR1, SIGTERM, SIGINT, SIGHUP};
constexpr std::chrono::milliseconds kOrderlyEnd{800};
constexpr std::chrono::milliseconds kBetweenLooks{50};

// A signal handler reaches nothing but globals.
std::atomic<bool> stop_wanted{false};
std::atomic<bool> is_pause_wanted{false};
std::atomic<int> first_signal{0};
std::atomic<bool> stop_at_once{false};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void note_signal(int signal) {
  int none = 0;
  first_signal.compare_exchange_strong(none, signal);
  if (stop_wanted.exchange(true) && (signal == SIGTERM || signal == SIGINT)) stop_at_once = true;
}

void note_pause(int) { is_pause_wanted = true; }

core::ExitCode stopped_code() { return first_signal == SIGINT ? core::ExitCode::interrupted : core::ExitCode::stopped; }

}  // namespace

bool is_ignored(int signal) {
  struct sigaction now {};
  return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

struct StopSignal::Watch {
  Watch() : thread([this] { run(); }) {}

  ~Watch() {
    {
      const std::scoped_lock lock(mutex);
      ended = true;
    }
    end_noted.notify_one();
    thread.join();
  }

  void run() {
    std::unique_lock lock(mutex);
    while (!end_noted.wait_for(lock, kBetweenLooks, [this] { return ended; })) {
      if (launcher.has_died()) {
        launcher.traces().remove();
        end(core::ExitCode::incomplete);
      }
      if (is_over()) end(stopped_code());
    }
  }

  bool is_over() {
    if (is_late()) stop_wanted = true;
    if (!stop_wanted || (first_signal == 0 && !ends_when_late)) return false;
    if (!wanted_since) wanted_since = Clock::now();
    return stop_at_once || !is_orderly || Clock::now() - *wanted_since >= kOrderlyEnd;
  }

  [[nodiscard]] bool is_late() const { return std::chrono::system_clock::now() >= latest.load(); }

  /// Other threads still run: nothing is torn down.
  [[noreturn]] void end(core::ExitCode code) const {
    if (tidy) tidy();
    std::_Exit(static_cast<int>(code));
  }

  mpi::LauncherWatch launcher;
  std::atomic<bool> is_orderly{false};
  std::atomic<bool> ends_when_late{true};
  std::atomic<std::chrono::system_clock::time_point> latest{std::chrono::system_clock::time_point::max()};
  std::mutex mutex;
  std::condition_variable end_noted;
  bool ended = false;                             // with mutex
  std::function<void()> tidy;                     // with mutex
  std::optional<Clock::time_point> wanted_since;  // of the thread
  std::thread thread;                             // last: it uses the others
};

StopSignal::StopSignal() {
  stop_wanted = false;
  stop_at_once = false;
  is_pause_wanted = false;
  first_signal = 0;
  std::signal(SIGUSR2, note_pause);
  watch_ = std::make_unique<Watch>();
  for (const int signal : kSignals) {
    if (signal != SIGHUP || !is_ignored(signal)) std::signal(signal, note_signal);
  }
}

StopSignal::~StopSignal() = default;

const std::atomic<bool>& StopSignal::wanted() const { return stop_wanted; }

const std::atomic<bool>& StopSignal::pause_wanted() const { return is_pause_wanted; }

core::ExitCode StopSignal::code() const { return stopped_code(); }

void StopSignal::expect_orderly_end() { watch_->is_orderly = true; }

void StopSignal::stop_at(std::chrono::system_clock::time_point time, bool ends) {
  watch_->ends_when_late = ends;
  watch_->latest = time;
}

bool StopSignal::is_late() const { return watch_->is_late(); }

void StopSignal::before_ending(std::function<void()> tidy) {
  const std::scoped_lock lock(watch_->mutex);
  watch_->tidy = std::move(tidy);
}

}  // namespace gridmill::launch
