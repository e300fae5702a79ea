#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <set>
#include <utility>

namespace gridmill::launch {

/// mpirun, from its start to its end; what the user has asked it to do, and what rank 0 has told.
class RunningJob {
 public:
  using Clock = std::chrono::steady_clock;

  /// `watched`: the signals that are waited for; they must be blocked. `patience`: after that time without a word of
  /// rank 0's that all ranks have found each other the job is ended.
  RunningJob(pid_t mpirun, const sigset_t& watched, std::chrono::seconds patience)
      : mpirun_(mpirun), watched_(watched), there_by_(Clock::now() + patience) {}

  /// Has the job end in order, tasks at work included, once `is_wanted` says so; it is asked every second or so.
  void pause_when(std::function<bool()> is_wanted) { is_pause_wanted_ = std::move(is_wanted); }
  /// Waits for its end; returns its wait status.
  int wait();

  /// Returns the first signal that we were sent; 0: none.
  [[nodiscard]] int first_signal() const { return first_; }
  /// Returns the exit code that rank 0 has told; none: it has not come to its end.
  [[nodiscard]] std::optional<int> told() const { return told_; }
  /// Returns the ranks whose machines are about to be taken away: one for each machine.
  [[nodiscard]] const std::set<int>& leaving() const { return leaving_; }
  /// Says whether it was asked to pause.
  [[nodiscard]] bool was_paused() const { return was_paused_; }
  /// Says whether mpirun was killed as it had not ended some seconds after its rank 0.
  [[nodiscard]] bool has_hung() const { return has_hung_; }
  /// Says whether it was ended because the ranks did not find each other in time.
  [[nodiscard]] bool was_late() const { return was_late_; }

 private:
  /// What was asked for last: nothing, an end in order, one at once that tidies up, one by force.
  enum class Order { none, stop, leave, end };

  void hear();
  void hear_last_words();
  void note_word(const siginfo_t& info);
  [[nodiscard]] timespec patience_left() const;
  void look();
  void insist();
  void end_by_force();

  pid_t mpirun_;
  const sigset_t& watched_;
  Clock::time_point there_by_;
  Order order_ = Order::none;
  bool ranks_are_there_ = false;
  pid_t first_rank_ = 0;                          // 0: not known yet
  std::optional<Clock::time_point> alone_since_;  // seen to live on without it
  bool has_hung_ = false;
  std::function<bool()> is_pause_wanted_;  // empty: never
  bool was_paused_ = false;
  bool was_late_ = false;
  int first_ = 0;
  std::optional<int> told_;
  std::set<int> leaving_;
};

}  // namespace gridmill::launch
