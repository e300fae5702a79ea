#include "cli/pusher.hpp"

#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "staging/folder_mirror.hpp"
#include "staging/s3.hpp"

namespace gridmill::cli {

namespace {

constexpr double kEvery_s = 30;

/// Seconds between two pushes.
double interval() {
  const char* given = std::getenv("GRIDMILL_PUSH_EVERY");  // NOLINT(concurrency-mt-unsafe): nothing changes it
  const double seconds = given == nullptr ? 0 : std::strtod(given, nullptr);
  return seconds > 0 ? seconds : kEvery_s;
}

}  // namespace

Pusher::Pusher(const std::vector<std::unique_ptr<staging::Claim>>& claims, staging::Say say)
    : claims_(claims), say_(std::move(say)), interval_(interval()) {
  // Signals are for the thread that waits for the ranks.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Pusher::~Pusher() { end(); }

void Pusher::end() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Pusher::finish() {
  end();
  if (!taken_over_.empty()) throw core::RunError(taken_over_);
}

void Pusher::run() {
  std::unique_lock lock(mutex_);
  staging::S3 s3;
  while (!changed_.wait_for(lock, interval_, [this] { return ended_; })) {
    lock.unlock();
    std::string lost;
    try {
      push(s3);
    } catch (const staging::LostClaim& error) {
      lost = error.what();
    } catch (const std::exception& error) {
      if (!std::exchange(has_failed_, true))
        say_(fmt::format("warning: {}\n  the work goes on; it is tried again", error.what()));
    }
    lock.lock();
    if (lost.empty()) continue;
    taken_over_ = lost;
    ::kill(::getpid(), SIGTERM);
    return;
  }
}

void Pusher::push(staging::S3& s3) {
  const std::chrono::duration<double> often = std::min<std::chrono::duration<double>>(interval_ / 2, kBetweenRenewals);
  for (const auto& claim : claims_) {
    claim->renew(s3, often);
    staging::push_folder(claim->folder(), s3, [&] { claim->renew(s3, often); });
  }
}

void hear_signals_again() {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGINT);
  sigaddset(&both, SIGTERM);
  pthread_sigmask(SIG_UNBLOCK, &both, nullptr);
}

}  // namespace gridmill::cli
