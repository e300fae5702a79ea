#include "mpi/farm_forecast.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <queue>
#include <utility>

#include "core/error.hpp"
#include "mpi/dealer.hpp"

namespace gridmill::mpi {

namespace {

constexpr std::size_t kKeysOfNode = 8;

/// A rank ends a task.
struct TaskEnds {
  double at = 0;
  std::size_t rank = 0;
  TaskId task = 0;

  bool operator>(const TaskEnds& other) const {
    return at != other.at ? at > other.at : std::pair(rank, task) > std::pair(other.rank, other.task);
  }
};

/// Who keeps what tasks share, and from when on it is there.
class KeptKeys {
 public:
  explicit KeptKeys(std::size_t n_most) : n_most_(n_most) {}

  /// Returns when a task of the key can begin that wants to at `now`; who asks first makes what it shares.
  double begin(std::uint64_t key, double now, double seconds) {
    const auto kept = std::ranges::find(keys_, key, &std::pair<std::uint64_t, double>::first);
    if (kept != keys_.end()) return std::max(now, kept->second);
    keys_.emplace_front(key, now + seconds);
    if (keys_.size() > n_most_) keys_.pop_back();
    return now + seconds;
  }

 private:
  std::size_t n_most_;
  std::deque<std::pair<std::uint64_t, double>> keys_;  // with the time at which it is there; the latest first
};

class Forecast {
 public:
  Forecast(const ForeseenFarm& farm, const std::vector<std::size_t>& node_of, std::size_t first)
      : farm_(farm),
        node_of_(node_of),
        dealer_(Plan(tasks_of(farm)), node_of.size(), node_of, first),
        pending_(node_of.size()),
        is_working_(node_of.size(), false),
        of_rank_(node_of.size(), KeptKeys(1)),
        of_node_(1 + std::ranges::max(node_of), KeptKeys(kKeysOfNode)),
        n_ranks_on_(of_node_.size(), 0) {
    GRIDMILL_ASSERT(first < node_of.size(), "some rank computes");
    for (std::size_t rank = first; rank < node_of.size(); ++rank) ++n_ranks_on_[node_of[rank]];
  }

  double run() {
    double now = 0;
    deal(now);
    while (!ends_.empty()) {
      const TaskEnds end = ends_.top();
      ends_.pop();
      now = end.at;
      dealer_.finish(end.rank, end.task, farm_.tasks[end.task].seconds);
      is_working_[end.rank] = false;
      deal(now);
      work(end.rank, now);
    }
    return now;
  }

 private:
  static std::vector<Task> tasks_of(const ForeseenFarm& farm) {
    std::vector<Task> tasks;
    tasks.reserve(farm.tasks.size());
    for (const ForeseenTask& each : farm.tasks) tasks.push_back(each.task);
    return tasks;
  }

  void deal(double now) {
    const std::vector<std::vector<TaskId>> batches = dealer_.deal();
    for (std::size_t rank = 0; rank < batches.size(); ++rank) {
      pending_[rank].insert(pending_[rank].end(), batches[rank].begin(), batches[rank].end());
      if (!batches[rank].empty()) work(rank, now);
    }
  }

  void work(std::size_t rank, double now) {
    if (is_working_[rank] || pending_[rank].empty()) return;
    const TaskId task = pending_[rank].front();
    pending_[rank].pop_front();
    is_working_[rank] = true;
    ends_.push({begin_of(rank, task, now) + farm_.tasks[task].seconds, rank, task});
  }

  double begin_of(std::size_t rank, TaskId id, double now) {
    const Task& task = farm_.tasks[id].task;
    const auto shared = farm_.shared_s.find(task.affinity);
    if (shared == farm_.shared_s.end()) return now;
    if (task.held_by_rank) return of_rank_[rank].begin(task.affinity, now, shared->second);
    const std::size_t node = node_of_[rank];
    return of_node_[node].begin(task.affinity, now, shared->second / static_cast<double>(n_ranks_on_[node]));
  }

  const ForeseenFarm& farm_;
  const std::vector<std::size_t>& node_of_;
  Dealer dealer_;
  std::vector<std::deque<TaskId>> pending_;  // by rank
  std::vector<bool> is_working_;             // by rank
  std::vector<KeptKeys> of_rank_;
  std::vector<KeptKeys> of_node_;
  std::vector<std::size_t> n_ranks_on_;  // that compute, by node
  std::priority_queue<TaskEnds, std::vector<TaskEnds>, std::greater<>> ends_;
};

}  // namespace

double farm_seconds(const ForeseenFarm& farm, const std::vector<std::size_t>& node_of, std::size_t first) {
  if (farm.tasks.empty()) return 0;
  return Forecast(farm, node_of, first).run();
}

}  // namespace gridmill::mpi
