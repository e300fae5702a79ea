#include "mpi/plan.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace gridmill::mpi {

Plan::Plan(std::vector<Task> tasks)
    : tasks_(std::move(tasks)),
      state_(tasks_.size(), State::waiting),
      n_missing_(tasks_.size()),
      followers_(tasks_.size()) {
  for (TaskId task = 0; task < tasks_.size(); ++task) {
    for (const TaskId before : tasks_[task].after) {
      GRIDMILL_ASSERT(before < tasks_.size(), "a task waits for a task of its plan");
      followers_[before].push_back(task);
      ++n_missing_[task];
    }
  }
  check_order();
  for (TaskId task = 0; task < tasks_.size(); ++task) {
    if (n_missing_[task] == 0) make_ready(task);
  }
}

// Takes away tasks that wait for nothing until none is left; what remains waits in a circle.
void Plan::check_order() const {
  std::vector<std::size_t> missing = n_missing_;
  std::vector<TaskId> free;
  for (TaskId task = 0; task < tasks_.size(); ++task) {
    if (missing[task] == 0) free.push_back(task);
  }
  for (std::size_t i = 0; i < free.size(); ++i) {
    for (const TaskId follower : followers_[free[i]]) {
      if (--missing[follower] == 0) free.push_back(follower);
    }
  }
  GRIDMILL_ASSERT(free.size() == tasks_.size(), "tasks do not wait for each other in a circle");
}

std::optional<TaskId> Plan::next(std::size_t node, std::size_t rank) {
  const auto key = choose_key(node, rank);
  if (!key) return std::nullopt;
  const TaskId task = ready_.at(*key).begin()->second;
  if (tasks_[task].held_by_rank) {
    key_of_rank_[rank] = *key;
  } else {
    key_of_node_[node] = *key;
    key_of_rank_.erase(rank);
  }
  remove_ready(task);
  state_[task] = State::taken;
  return task;
}

void Plan::take_back(TaskId task) {
  GRIDMILL_ASSERT(task < tasks_.size() && state_[task] == State::taken, "only what was handed out is taken back");
  make_ready(task);
}

void Plan::finish(TaskId task) {
  GRIDMILL_ASSERT(task < tasks_.size(), "a finished task belongs to the plan");
  if (state_[task] == State::finished) return;
  if (state_[task] == State::ready) remove_ready(task);
  state_[task] = State::finished;
  ++n_finished_;
  for (const TaskId follower : followers_[task]) {
    if (--n_missing_[follower] == 0 && state_[follower] == State::waiting) make_ready(follower);
  }
}

void Plan::make_ready(TaskId task) {
  state_[task] = State::ready;
  ready_[tasks_[task].affinity].emplace(-tasks_[task].cost, task);
  ++n_ready_;
}

void Plan::remove_ready(TaskId task) {
  const auto group = ready_.find(tasks_[task].affinity);
  group->second.erase({-tasks_[task].cost, task});
  if (group->second.empty()) ready_.erase(group);
  --n_ready_;
}

bool Plan::can_go_on(const Keys& keys, std::size_t holder) const {
  const auto held = keys.find(holder);
  return held != keys.end() && held->second != kNoAffinity && ready_.contains(held->second);
}

std::optional<std::uint64_t> Plan::choose_key(std::size_t node, std::size_t rank) const {
  if (can_go_on(key_of_rank_, rank)) return key_of_rank_.at(rank);
  if (can_go_on(key_of_node_, node)) return key_of_node_.at(node);
  const auto held_elsewhere = [](std::uint64_t key, const Keys& keys, std::size_t holder) {
    return key != kNoAffinity &&
           std::ranges::any_of(keys, [&](const auto& held) { return held.first != holder && held.second == key; });
  };
  // Who holds a key is looked up only where that decides: there may be thousands of keys.
  auto best = ready_.end();
  auto best_free = ready_.end();
  const auto is_before = [&](auto group, auto other) {
    return other == ready_.end() || *group->second.begin() < *other->second.begin();
  };
  for (auto group = ready_.begin(); group != ready_.end(); ++group) {
    if (is_before(group, best)) best = group;
    if (!is_before(group, best_free)) continue;
    const bool held = tasks_[group->second.begin()->second].held_by_rank
                          ? held_elsewhere(group->first, key_of_rank_, rank)
                          : held_elsewhere(group->first, key_of_node_, node);
    if (!held) best_free = group;
  }
  if (best_free != ready_.end()) best = best_free;
  return best == ready_.end() ? std::nullopt : std::optional(best->first);
}

}  // namespace gridmill::mpi
