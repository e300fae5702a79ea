#include "mpi/task_worker.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace gridmill::mpi {

using Clock = std::chrono::steady_clock;

struct TaskWorker::State {
  explicit State(Work w) : work(std::move(w)) {}

  Work work;
  mutable std::mutex mutex;
  std::condition_variable has_work;
  std::condition_variable has_news;
  std::deque<TaskId> pending;
  std::vector<Finished> finished;
  std::exception_ptr failure;
  bool failed = false;
  bool running = false;
  bool closing = false;
  double busy_s = 0;

  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      has_work.wait(lock, [this] { return closing || (!failed && !pending.empty()); });
      if (closing) return;
      const TaskId task = pending.front();
      pending.pop_front();
      running = true;
      lock.unlock();
      Finished done{.task = task};
      std::exception_ptr error;
      const auto start = Clock::now();
      try {
        done.result = work(task);
      } catch (...) {
        error = std::current_exception();
      }
      done.seconds = std::chrono::duration<double>(Clock::now() - start).count();
      lock.lock();
      running = false;
      busy_s += done.seconds;
      if (error) {
        failed = true;
        failure = error;
      } else {
        finished.push_back(std::move(done));
      }
      has_news.notify_one();
    }
  }
};

TaskWorker::TaskWorker(Work work)
    : state_(std::make_shared<State>(std::move(work))), thread_([state = state_] { state->run(); }) {}

TaskWorker::~TaskWorker() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->closing = true;
  }
  state_->has_work.notify_one();
  if (thread_.joinable()) thread_.join();
}

void TaskWorker::assign(std::span<const TaskId> tasks) {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->pending.insert(state_->pending.end(), tasks.begin(), tasks.end());
  }
  state_->has_work.notify_one();
}

std::vector<TaskId> TaskWorker::drop_pending() {
  const std::scoped_lock lock(state_->mutex);
  const auto dropped = std::exchange(state_->pending, {});
  return {dropped.begin(), dropped.end()};
}

std::vector<Finished> TaskWorker::take_finished() {
  const std::scoped_lock lock(state_->mutex);
  return std::exchange(state_->finished, {});
}

std::exception_ptr TaskWorker::take_failure() {
  const std::scoped_lock lock(state_->mutex);
  return std::exchange(state_->failure, nullptr);
}

bool TaskWorker::is_running() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->running;
}

double TaskWorker::busy_s() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->busy_s;
}

void TaskWorker::abandon() {
  if (thread_.joinable()) thread_.detach();
}

void TaskWorker::wait(std::chrono::microseconds most) {
  std::unique_lock lock(state_->mutex);
  state_->has_news.wait_for(lock, most, [this] { return !state_->finished.empty() || state_->failure; });
}

}  // namespace gridmill::mpi
