#pragma once

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "launch/mpirun_line.hpp"
#include "launch/rank_job.hpp"

namespace gridmill::launch {

/// Says whether it is worth it to stop ranks in order and start them again on more hosts: at least a quarter more of
/// them could work, and the launch has gone on for `at_least`.
bool is_worth_more(std::size_t n_working, std::size_t n_waiting, std::chrono::seconds since_start,
                   std::chrono::seconds at_least);

/// Returns how long a launch goes on at least before it is ended for the sake of more hosts: three minutes, or what the
/// user has set in GRIDMILL_MORE_HOSTS_AFTER [s].
std::chrono::seconds time_before_more();

/// Looks, on a thread of its own, how many ranks could work on hosts that do not take part in a launch.
///
/// It asks every 30 s, and so often that it knows by the time that `time_before_more` is over; it asks those that are
/// in the list by now (HostsJob::list). Its end waits for nothing.
class Scout {
 public:
  /// `left_out`: hosts that are not to be asked.
  Scout(const HostsJob& job, const Placement& placement, std::set<std::string> left_out);
  ~Scout();
  Scout(const Scout&) = delete;
  Scout& operator=(const Scout&) = delete;

  [[nodiscard]] std::size_t n_waiting() const { return n_waiting_; }

 private:
  void run();
  [[nodiscard]] std::size_t count(class HostProbe& probe, const sigset_t& until) const;

  const HostsJob& job_;
  std::set<std::string> not_asked_;
  std::atomic<std::size_t> n_waiting_{0};
  std::mutex mutex_;
  std::condition_variable end_noted_;
  bool ended_ = false;  // with mutex_
  std::thread thread_;  // last: it uses the others
};

}  // namespace gridmill::launch
