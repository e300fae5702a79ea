#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "mpi/host_notice.hpp"
#include "mpi/plan.hpp"

namespace gridmill::mpi {

/// Deals the tasks of a plan out to ranks: who gets how many of them, and when. Knows no messages and no clock.
///
/// Rule: every rank gets one task, then every rank a second one, and so on, so that the longest start first, each on
/// its own rank. A rank holds one to run, and as many as pass while a message goes to and fro; near the end none waits
/// behind another, because another rank may be free to run it. A rank whose machine is about to be taken away gets
/// nothing more; one whose machine is at risk gets nothing while tasks take more than a minute and others take them.
/// Where time is short, a task that would not end in time is withheld, and a shorter one dealt in its place; it is
/// dealt after all if what is done later tells that it is shorter.
class Dealer {
 public:
  /// `node_of`: by rank; empty: all on one node. Ranks before `first` get nothing.
  Dealer(Plan plan, std::size_t n_ranks, std::vector<std::size_t> node_of, std::size_t first = 0);

  /// Returns what each rank gets now, by rank; empty if there is nothing to deal.
  /// `left_s`: by then all that is dealt is to end, as far as the tasks done so far tell. A task of a unit of which
  /// none is done yet may take any time, and is dealt.
  std::vector<std::vector<TaskId>> deal(double left_s = std::numeric_limits<double>::infinity());
  /// Takes in what is known of a rank's machine from here on.
  void heed(std::size_t rank, HostNotice notice) { notices_[rank] = notice; }
  /// A rank has done a task, in so many seconds.
  void finish(std::size_t rank, TaskId task, double seconds);
  /// A rank gives a task back undone; it is not dealt again.
  void release(std::size_t rank, TaskId task);
  /// A rank gives a task back that it has not begun; it is dealt again.
  void take_back(std::size_t rank, TaskId task);
  /// The same as `release` where it is not said which: it has failed.
  void release_one(std::size_t rank);

  [[nodiscard]] const Plan& plan() const { return plan_; }
  /// Tasks that ranks hold.
  [[nodiscard]] std::size_t n_assigned() const { return n_assigned_; }
  /// Says whether tasks take more than a minute, as far as is known.
  [[nodiscard]] bool are_long() const;
  /// Says whether no rank would hold a task soon if none were handed out: none does, or tasks are known not to be long.
  [[nodiscard]] bool is_soon_idle() const;
  /// Tasks that were withheld because time was short.
  [[nodiscard]] std::size_t n_withheld() const { return withheld_.size(); }
  /// Says whether some rank still gets tasks.
  [[nodiscard]] bool has_takers() const;

 private:
  static constexpr std::size_t kNobody = std::numeric_limits<std::size_t>::max();

  /// What tasks of a unit have taken.
  struct Taken {
    double cost = 0;
    double seconds = 0;
  };

  [[nodiscard]] std::vector<bool> takers() const;
  [[nodiscard]] double seconds_of(TaskId task) const;
  std::optional<TaskId> next_in_time(std::size_t rank, double left_s);
  [[nodiscard]] std::size_t n_wanted() const;
  [[nodiscard]] std::size_t n_ranks_with(std::size_t n_tasks) const;
  void count(std::size_t rank, std::size_t n_tasks);

  Plan plan_;
  std::vector<std::size_t> node_of_;
  std::size_t first_;
  std::vector<HostNotice> notices_;         // by rank
  std::vector<std::size_t> n_assigned_to_;  // by rank
  std::vector<std::size_t> n_ranks_with_;   // by a number of tasks: so many that are dealt to hold that many
  std::vector<std::size_t> assigned_to_;    // by task: its rank
  std::vector<double> foreseen_s_;          // by rank: of the tasks it holds, as far as that is known
  std::map<std::size_t, Taken> taken_;      // by unit
  std::vector<TaskId> withheld_;
  std::size_t n_assigned_ = 0;
  std::optional<double> mean_s_;  // of recent tasks
};

}  // namespace gridmill::mpi
