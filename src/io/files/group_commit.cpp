#include "io/files/group_commit.hpp"

#include <utility>

namespace gridmill::io {

GroupCommit::GroupCommit(Journal& journal, std::function<void()> allowed, std::chrono::milliseconds delay)
    : journal_(journal), allowed_(std::move(allowed)), delay_(delay), thread_([this] { run(); }) {}

GroupCommit::~GroupCommit() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  news_.notify_one();
  thread_.join();
}

void GroupCommit::add(std::string_view record) {
  bool first = false;
  {
    const std::scoped_lock lock(mutex_);
    check_locked();
    pending_.emplace_back(record);
    ++n_added_;
    first = pending_.size() == 1;
  }
  if (first) news_.notify_one();
}

void GroupCommit::finish() {
  std::unique_lock lock(mutex_);
  hurry_ = true;
  news_.notify_one();
  done_.wait(lock, [this] { return error_ || n_committed_ == n_added_; });
  check_locked();
}

void GroupCommit::check() {
  const std::scoped_lock lock(mutex_);
  check_locked();
}

void GroupCommit::check_locked() const {
  if (error_) std::rethrow_exception(error_);
}

void GroupCommit::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    news_.wait(lock, [this] { return ended_ || hurry_ || !pending_.empty(); });
    if (!ended_ && !hurry_) news_.wait_for(lock, delay_, [this] { return ended_ || hurry_; });
    hurry_ = false;
    const std::vector<std::string> records = std::exchange(pending_, {});
    if (!records.empty() && !error_) {
      lock.unlock();
      std::exception_ptr error;
      try {
        commit(records);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      error_ = error;
      if (!error_) n_committed_ += records.size();
    }
    done_.notify_all();
    if (ended_ && pending_.empty()) return;
  }
}

void GroupCommit::commit(const std::vector<std::string>& records) {
  if (allowed_) allowed_();
  for (const std::string& record : records) journal_.add(record);
  journal_.sync();
}

}  // namespace gridmill::io
