#include "mpi/dealer.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/error.hpp"

namespace gridmill::mpi {

namespace {

constexpr double kPrefetch_s = 0.008;  // covers two sleeping polls, one on each side
constexpr std::size_t kMostPerRank = 256;
constexpr double kLong_s = 60;  // what takes longer is not to be begun where it may not be ended

}  // namespace

Dealer::Dealer(Plan plan, std::size_t n_ranks, std::vector<std::size_t> node_of, std::size_t first)
    : plan_(std::move(plan)),
      node_of_(std::move(node_of)),
      first_(first),
      notices_(n_ranks, HostNotice::none),
      n_assigned_to_(n_ranks, 0),
      n_ranks_with_{n_ranks - first},
      assigned_to_(plan_.size(), kNobody),
      foreseen_s_(n_ranks, 0) {
  GRIDMILL_ASSERT(node_of_.empty() || node_of_.size() == n_ranks, "node_of has an entry a rank");
}

std::vector<std::vector<TaskId>> Dealer::deal(double left_s) {
  std::erase_if(withheld_, [&](TaskId task) {
    const bool is_short = seconds_of(task) <= left_s;
    if (is_short) plan_.take_back(task);
    return is_short;
  });
  if (plan_.n_ready() == 0) return {};
  std::vector<std::vector<TaskId>> batches(n_assigned_to_.size());
  const std::vector<bool> takes = takers();
  // Of what nobody knows how long it takes, none is to wait behind another where time is short.
  const auto wanted = [&] { return std::isinf(left_s) || mean_s_ ? n_wanted() : 1; };
  for (std::size_t level = 0; level < wanted(); ++level) {
    if (n_ranks_with(level) == 0) continue;
    for (std::size_t rank = first_; rank < batches.size() && level < wanted(); ++rank) {
      if (n_assigned_to_[rank] != level || !takes[rank]) continue;
      const auto task = next_in_time(rank, left_s);
      if (!task && plan_.n_ready() == 0) break;
      if (!task) continue;
      assigned_to_[*task] = rank;
      foreseen_s_[rank] += seconds_of(*task);
      count(rank, n_assigned_to_[rank] + 1);
      ++n_assigned_;
      batches[rank].push_back(*task);
    }
  }
  return batches;
}

/// What a task will take by what those of its unit have taken; 0 where none is done.
double Dealer::seconds_of(TaskId task) const {
  const auto taken = taken_.find(plan_.task(task).unit);
  if (taken == taken_.end() || !(taken->second.cost > 0)) return 0;
  return plan_.task(task).cost * taken->second.seconds / taken->second.cost;
}

/// Takes the next task that a rank would end in time, after those it holds. What it would not, though it holds nothing,
/// nobody would: that is withheld.
std::optional<TaskId> Dealer::next_in_time(std::size_t rank, double left_s) {
  while (const auto task = plan_.next(node_of_.empty() ? 0 : node_of_[rank], rank)) {
    if (foreseen_s_[rank] + seconds_of(*task) <= left_s) return task;
    if (n_assigned_to_[rank] > 0) {
      plan_.take_back(*task);
      return std::nullopt;
    }
    withheld_.push_back(*task);
  }
  return std::nullopt;
}

void Dealer::finish(std::size_t rank, TaskId task, double seconds) {
  release(rank, task);
  Taken& taken = taken_[plan_.task(task).unit];
  taken.cost += plan_.task(task).cost;
  taken.seconds += seconds;
  mean_s_ = mean_s_ ? 0.9 * *mean_s_ + 0.1 * seconds : seconds;
  plan_.finish(task);
}

void Dealer::take_back(std::size_t rank, TaskId task) {
  release(rank, task);
  plan_.take_back(task);
}

bool Dealer::has_takers() const {
  const std::vector<bool> takes = takers();
  return std::ranges::find(takes, true) != takes.end();
}

bool Dealer::are_long() const { return mean_s_.value_or(0) > kLong_s; }

bool Dealer::is_soon_idle() const { return n_assigned() == 0 || (mean_s_ && !are_long()); }

/// Which ranks get tasks now, by rank.
std::vector<bool> Dealer::takers() const {
  const auto have = [&](HostNotice notice) {
    return std::find(notices_.begin() + static_cast<std::ptrdiff_t>(first_), notices_.end(), notice) != notices_.end();
  };
  const bool are_spared = have(HostNotice::none) && are_long();
  std::vector<bool> takes(notices_.size());
  for (std::size_t rank = first_; rank < notices_.size(); ++rank) {
    takes[rank] = notices_[rank] == HostNotice::none || (notices_[rank] == HostNotice::at_risk && !are_spared);
  }
  return takes;
}

void Dealer::release(std::size_t rank, TaskId task) {
  GRIDMILL_ASSERT(task < assigned_to_.size() && assigned_to_[task] == rank, "a rank answers for its own tasks");
  assigned_to_[task] = kNobody;
  foreseen_s_[rank] = std::max(0.0, foreseen_s_[rank] - seconds_of(task));
  release_one(rank);
}

void Dealer::release_one(std::size_t rank) {
  if (n_assigned_to_[rank] == 1) foreseen_s_[rank] = 0;  // also what the rates of then and now have left of it
  count(rank, n_assigned_to_[rank] - 1);
  --n_assigned_;
}

std::size_t Dealer::n_ranks_with(std::size_t n_tasks) const {
  return n_tasks < n_ranks_with_.size() ? n_ranks_with_[n_tasks] : 0;
}

/// Notes how many tasks a rank holds from here on.
void Dealer::count(std::size_t rank, std::size_t n_tasks) {
  if (n_tasks >= n_ranks_with_.size()) n_ranks_with_.resize(n_tasks + 1, 0);
  --n_ranks_with_[std::exchange(n_assigned_to_[rank], n_tasks)];
  ++n_ranks_with_[n_tasks];
}

/// How many tasks a rank should hold.
std::size_t Dealer::n_wanted() const {
  const double during_message = mean_s_ ? kPrefetch_s / std::max(*mean_s_, 1e-7) : 1;
  const auto prefetched = static_cast<std::size_t>(std::clamp(during_message, 1.0, double{kMostPerRank}));
  const std::size_t share = plan_.n_ready() / (2 * (n_assigned_to_.size() - first_));
  return 1 + std::min(prefetched, share);
}

}  // namespace gridmill::mpi
