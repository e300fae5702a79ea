#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace gridmill::mpi {

using TaskId = std::size_t;  // index into the tasks of a plan

inline constexpr std::uint64_t kNoAffinity = std::numeric_limits<std::uint64_t>::max();

struct Task {
  double cost = 0;                       // predicted, arbitrary unit; orders tasks only
  std::uint64_t affinity = kNoAffinity;  // tasks with equal keys share something that a node keeps
  std::vector<TaskId> after;             // must be finished before this one starts
};

/// Decides which task a node runs next. Knows no ranks, no messages and no clock.
///
/// Rule: a node stays with its key while that has ready tasks; then it takes a key that no other node holds; then it
/// helps with one that others hold. Among keys the one with the longest ready task, within a key the longest
/// task, equal ones by id. Deterministic: depends on the order of calls only. Cost: O(log n) a task, O(keys) when a
/// node changes its key.
class Plan {
 public:
  /// Errors: InternalError if `after` names an unknown task or runs in a circle.
  explicit Plan(std::vector<Task> tasks);

  /// Takes the next task for `node`; nothing if none is ready. No task is ever handed out twice.
  std::optional<TaskId> next(std::size_t node);
  /// Marks a task as done (taken or not) and makes ready what waited for it; doing it twice changes nothing.
  void finish(TaskId task);

  [[nodiscard]] std::size_t size() const { return tasks_.size(); }
  [[nodiscard]] std::size_t n_ready() const { return n_ready_; }
  [[nodiscard]] std::size_t n_finished() const { return n_finished_; }
  [[nodiscard]] bool done() const { return n_finished_ == tasks_.size(); }

 private:
  using Ready = std::set<std::pair<double, TaskId>>;  // by (-cost, id)
  enum class State : char { waiting, ready, taken, finished };

  void make_ready(TaskId task);
  void remove_ready(TaskId task);
  void check_order() const;
  std::optional<std::uint64_t> choose_key(std::size_t node) const;
  bool held_elsewhere(std::uint64_t key, std::size_t node) const;

  std::vector<Task> tasks_;
  std::vector<State> state_;
  std::vector<std::size_t> n_missing_;           // unfinished predecessors
  std::vector<std::vector<TaskId>> followers_;   // who waits for it
  std::map<std::uint64_t, Ready> ready_;         // by key; no empty ones
  std::map<std::size_t, std::uint64_t> key_of_;  // by node
  std::size_t n_ready_ = 0;
  std::size_t n_finished_ = 0;
};

}  // namespace gridmill::mpi
