#include "launch/scout.hpp"

#include <csignal>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "launch/host_probe.hpp"

namespace gridmill::launch {

namespace {

constexpr std::chrono::seconds kUntilAsked{30};
constexpr std::chrono::seconds kBeforeMore{180};
constexpr std::size_t kShare = 4;  // a quarter

/// Ends what the thread waits for.
int end_signal() { return SIGRTMIN + 1; }

sigset_t only_end() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, end_signal());
  return set;
}

}  // namespace

bool is_worth_more(std::size_t n_working, std::size_t n_waiting, std::chrono::seconds since_start,
                   std::chrono::seconds at_least) {
  return n_waiting > 0 && kShare * n_waiting >= n_working && since_start >= at_least;
}

std::chrono::seconds time_before_more() {
  const char* text = std::getenv("GRIDMILL_MORE_HOSTS_AFTER");  // NOLINT(concurrency-mt-unsafe): one thread
  int seconds = 0;
  if (text == nullptr) return kBeforeMore;
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), seconds);
  if (error != std::errc() || *end != '\0' || seconds < 0) {
    throw core::UserError("GRIDMILL_MORE_HOSTS_AFTER: is not a number of seconds", "GRIDMILL_MORE_HOSTS_AFTER=180");
  }
  return std::chrono::seconds(seconds);
}

Scout::Scout(const HostsJob& job, const Placement& placement, std::set<std::string> left_out)
    : job_(job), not_asked_(std::move(left_out)) {
  for (const RanksOn& machine : placement.machines) not_asked_.insert(machine.host);
  // Blocked before the thread is there: it may be told to end at once.
  const sigset_t until = only_end();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &until, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Scout::~Scout() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  end_noted_.notify_one();
  pthread_kill(thread_.native_handle(), end_signal());
  thread_.join();
}

void Scout::run() {
  const sigset_t until = only_end();
  HostProbe probe(job_.needs, Connections::own);
  const auto between = std::clamp(time_before_more() / 2, std::chrono::seconds(1), kUntilAsked);
  for (std::unique_lock lock(mutex_);;) {
    if (end_noted_.wait_for(lock, between, [this] { return ended_; })) return;
    lock.unlock();
    n_waiting_ = count(probe, until);
    lock.lock();
  }
}

/// How many ranks could work on the others.
std::size_t Scout::count(HostProbe& probe, const sigset_t& until) const {
  try {
    std::vector<core::Host> others = job_.list ? job_.list() : job_.hosts;
    std::erase_if(others, [this](const core::Host& host) {
      return not_asked_.contains(host.name) || is_this_machine(host.name);
    });
    std::size_t n = 0;
    if (others.empty()) return n;
    for (const Answer& answer : probe.ask(others, {}, until)) {
      const bool can_work = answer.problem.empty() || (job_.sends_files && answer.lack.is_any());
      if (can_work && !answer.is_here) n += answer.host.slots;
    }
    return n;
  } catch (const std::exception&) {
    return 0;  // the list is just being written, or the disk is full: the next question tells
  }
}

}  // namespace gridmill::launch
