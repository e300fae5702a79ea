#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mpi/host_notice.hpp"
#include "mpi/plan.hpp"
#include "mpi/task_worker.hpp"
#include "mpi/transport.hpp"

namespace gridmill::mpi {

struct FarmProgress {
  std::size_t n_done = 0;
  std::size_t n_tasks = 0;
  std::size_t n_assigned = 0;  // running or prefetched
};

/// What rank 0 wants to hear; all called from its main thread, unused elsewhere. An exception ends the farm.
struct FarmHooks {
  /// A result, in order of arrival. The bytes are valid during the call.
  std::function<void(TaskId task, int rank, std::span<const std::byte> result)> collect;
  /// A task is about to be sent to a rank; journal it here to know which tasks kill ranks.
  std::function<void(TaskId task, int rank)> on_assigned;
  /// A machine is at risk, or about to be taken away; once for each of them and notice. `rank`: the first one on it.
  std::function<void(const std::string& host, int rank, HostNotice notice)> on_notice;
  /// Called about every FarmOptions::progress_interval, also when nothing happens, and once at the end.
  std::function<void(const FarmProgress&)> on_progress;
};

enum class CoordinatorRole {
  computes_too,      // rank 0 works on tasks on its second thread
  only_coordinates,  // ... does not, unless it is the only rank
};

struct FarmOptions {
  CoordinatorRole coordinator = CoordinatorRole::computes_too;
  std::vector<std::size_t> node_of;         // by rank, for affinity; empty: all on one node. Read on rank 0.
  const std::atomic<bool>* stop = nullptr;  // set by a signal handler, on any rank: hand out nothing more
  /// Set on rank 0: hand out nothing more, and wait for what runs. Heard while tasks take less than a minute.
  const std::atomic<bool>* pause = nullptr;
  /// The same at that time; before it nothing is handed out that would not end by then, as far as tasks done tell. Read
  /// on rank 0.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  double grace_s = std::numeric_limits<double>::infinity();  // wait for running tasks that long after a stop
  const std::atomic<HostNotice>* notice =
      nullptr;       // of this rank's machine; null: another rank there, or nobody, knows
  std::string host;  // its name
  std::chrono::milliseconds progress_interval{200};
};

enum class FarmEnd : int { done, stopped };

struct RankReport {
  std::size_t n_tasks = 0;
  double busy_s = 0;  // in `work`
  double idle_s = 0;  // in the farm, but not in `work`
};

struct FarmReport {
  FarmEnd end = FarmEnd::done;
  bool no_host_left = false;      // it stopped as all machines are about to be taken away; on rank 0
  bool out_of_time = false;       // it stopped because of the deadline; on rank 0
  bool abandoned = false;         // this rank's thread still works on a task: leave by Session::quit
  std::vector<RankReport> ranks;  // by rank; on rank 0, empty elsewhere
};

/// Runs all tasks of `plan` on all ranks: rank 0 decides and collects, each rank computes on a second thread.
///
/// Each rank has one task running and one or more prefetched: as many as it finishes in some milliseconds, fewer when
/// few are left. Collective: `work` must mean the same on each rank; `plan` is read on rank 0 only. Valid on every
/// rank: `end`.
/// Stopping: nothing more is handed out, what was not started is taken back, running tasks finish and are collected
/// (or are abandoned after grace_s); every rank returns FarmEnd::stopped. All done in spite of it: FarmEnd::done.
/// A machine that is about to be taken away (FarmOptions::notice) gets nothing more; what runs there is collected, what
/// was not started goes to others. Where it is that of rank 0, the farm stops, and waits a minute for running tasks;
/// where it is all that compute, it stops when they have done what runs.
/// Errors: an exception from `work` on any rank, or from a hook, drains the farm like a stop; then every rank throws
/// the same UserError, RunError or InternalError, naming the rank. Results that arrive meanwhile are still collected,
/// and running tasks are waited for, whatever grace_s says.
/// Deterministic: not in the order of results. Cost: some 10 microseconds a task.
FarmReport run_farm(Transport& transport, Plan plan, const Work& work, const FarmHooks& hooks,
                    const FarmOptions& options = {});

}  // namespace gridmill::mpi
