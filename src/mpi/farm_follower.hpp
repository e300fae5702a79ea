#pragma once

#include <chrono>
#include <cstddef>

#include "mpi/host_notice.hpp"
#include "mpi/task_farm.hpp"
#include "mpi/task_worker.hpp"
#include "mpi/transport.hpp"

namespace gridmill::mpi {

/// Hears what is newly known of this rank's machine.
class NoticeEar {
 public:
  /// Says whether there is something new.
  bool hear(const FarmOptions& options);
  [[nodiscard]] HostNotice last() const { return last_; }

 private:
  HostNotice last_ = HostNotice::none;
};

/// Says whether this rank was asked to stop.
bool stop_asked(const FarmOptions& options);

double seconds_since(std::chrono::steady_clock::time_point start);

/// Returns what a rank says of its work at the end.
RankReport last_words(const TaskWorker& worker, std::size_t n_tasks, std::chrono::steady_clock::time_point start);

/// The part of ranks 1 and up in run_farm: passes messages between rank 0 and the computing thread.
FarmReport follow(Transport& transport, const Work& work, const FarmOptions& options);

}  // namespace gridmill::mpi
