#include "launch/spot_watch.hpp"

#include <algorithm>
#include <optional>

namespace gridmill::launch {

using mpi::HostNotice;

SpotWatch::SpotWatch(const std::string& address, std::chrono::milliseconds between_questions, int first_questions)
    : metadata_(address),
      between_questions_(between_questions),
      thread_([this, first_questions] { run(first_questions); }) {}

SpotWatch::~SpotWatch() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  end_noted_.notify_one();
  thread_.join();
}

void SpotWatch::run(int first_questions) {
  bool has_answered = false;
  int n_unanswered = 0;
  for (std::unique_lock lock(mutex_, std::defer_lock);;) {
    if (const std::optional<HostNotice> said = metadata_.ask()) {
      has_answered = true;
      notice_ = std::max(notice_.load(), *said);
    } else if (!has_answered && ++n_unanswered == first_questions) {
      return;
    }
    if (notice_ == HostNotice::leaving) return;
    lock.lock();
    if (end_noted_.wait_for(lock, between_questions_, [this] { return ended_; })) return;
    lock.unlock();
  }
}

}  // namespace gridmill::launch
