#include "launch/spot_watch.hpp"

#include <algorithm>
#include <optional>

#include "launch/instance_metadata.hpp"

namespace gridmill::launch {

using mpi::HostNotice;

SpotWatch::SpotWatch(const std::string& address, std::chrono::milliseconds between_questions)
    : between_questions_(between_questions), thread_([this, address] { run(address); }) {}

SpotWatch::~SpotWatch() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  end_noted_.notify_one();
  thread_.join();
}

void SpotWatch::run(const std::string& address) {
  InstanceMetadata metadata(address);
  std::optional<HostNotice> said = metadata.ask();
  if (!said) return;
  for (std::unique_lock lock(mutex_, std::defer_lock);;) {
    if (said) notice_ = std::max(notice_.load(), *said);
    if (notice_ == HostNotice::leaving) return;
    lock.lock();
    if (end_noted_.wait_for(lock, between_questions_, [this] { return ended_; })) return;
    lock.unlock();
    said = metadata.ask();
  }
}

}  // namespace gridmill::launch
