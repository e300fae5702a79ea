#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "mpi/plan.hpp"
#include "mpi/transport.hpp"

namespace gridmill::mpi {

/// Computes a task here and returns its result. Runs on a thread of its own, one call at a time; no MPI in it.
using Work = std::function<Bytes(TaskId)>;

/// One finished task.
struct Finished {
  TaskId task = 0;
  double seconds = 0;
  Bytes result;
};

/// The computing thread of a rank and its two queues. All members are for the main thread.
class TaskWorker {
 public:
  explicit TaskWorker(Work work);
  /// Forgets what has not been started and waits for the running task, unless abandoned.
  ~TaskWorker();
  TaskWorker(const TaskWorker&) = delete;
  TaskWorker& operator=(const TaskWorker&) = delete;

  void assign(std::span<const TaskId> tasks);
  /// Returns and forgets the tasks that have not been started.
  std::vector<TaskId> drop_pending();
  std::vector<Finished> take_finished();
  /// Returns what `work` threw, once; null if nothing. No further task is started after an exception.
  std::exception_ptr take_failure();
  [[nodiscard]] bool is_running() const;
  [[nodiscard]] double busy_s() const;
  /// Lets the thread run on its own until the process ends.
  void abandon();
  /// Returns when a task finishes or failed, at once if one has, or after `most`.
  void wait(std::chrono::microseconds most);

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the thread, which may outlive this
  std::thread thread_;
};

}  // namespace gridmill::mpi
