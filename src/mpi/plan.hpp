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
  double cost = 0;                       // predicted; orders tasks, and foretells times where some have been done
  std::size_t unit = 0;                  // of the cost: those of one unit are in proportion to their times
  std::uint64_t affinity = kNoAffinity;  // tasks with equal keys share something that a node keeps
  bool held_by_rank = false;             // or that each rank keeps for itself; the same for equal keys
  std::vector<TaskId> after;             // must be finished before this one starts
};

/// Decides which task a rank of a node runs next. Knows no messages and no clock.
///
/// Rule: a rank stays with the key it holds, else with that of its node, while there are ready tasks; then it takes a
/// key that no other rank (where ranks hold it) or node holds; then it helps with one that others hold. Among keys the
/// one with the longest ready task, within a key the longest task, equal ones by id. Deterministic: depends on the
/// order of calls only. Cost: O(log n) a task, O(keys) when a node changes its key.
class Plan {
 public:
  /// Errors: InternalError if `after` names an unknown task or runs in a circle.
  explicit Plan(std::vector<Task> tasks);

  /// Takes the next task for the rank `rank` of `node`; nothing if none is ready. No task is handed out twice.
  std::optional<TaskId> next(std::size_t node, std::size_t rank = 0);
  /// Takes a task back that was handed out and not begun; it may be handed out again.
  void take_back(TaskId task);
  /// Marks a task as done (taken or not) and makes ready what waited for it; doing it twice changes nothing.
  void finish(TaskId task);

  [[nodiscard]] const Task& task(TaskId task) const { return tasks_[task]; }
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
  using Keys = std::map<std::size_t, std::uint64_t>;  // by who holds it

  std::optional<std::uint64_t> choose_key(std::size_t node, std::size_t rank) const;
  [[nodiscard]] bool can_go_on(const Keys& keys, std::size_t holder) const;

  std::vector<Task> tasks_;
  std::vector<State> state_;
  std::vector<std::size_t> n_missing_;          // unfinished predecessors
  std::vector<std::vector<TaskId>> followers_;  // who waits for it
  std::map<std::uint64_t, Ready> ready_;        // by key; no empty ones
  Keys key_of_node_;
  Keys key_of_rank_;
  std::size_t n_ready_ = 0;
  std::size_t n_finished_ = 0;
};

}  // namespace gridmill::mpi
