#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "mpi/plan.hpp"

namespace gridmill::mpi {

/// A task whose time is foretold.
struct ForeseenTask {
  Task task;
  double seconds = 0;  // of its own, on one rank
};

/// What a farm is to do.
struct ForeseenFarm {
  std::vector<ForeseenTask> tasks;
  /// Seconds of one rank in which what tasks of a key share is made, by key; what is not there takes none. Where ranks
  /// hold it (Task::held_by_rank) each makes it for itself; else the ranks of a node make it together.
  std::map<std::uint64_t, double> shared_s;
};

/// Returns the seconds from the first task handed out to the last result, as the real Plan and Dealer would hand them
/// out. Messages take no time; a rank keeps what the last key shares, a node what the last eight keys do.
///
/// `node_of`: by rank; ranks before `first` only coordinate. Requires: some rank computes.
/// Deterministic: no clock is read. Cost: some microseconds a task.
double farm_seconds(const ForeseenFarm& farm, const std::vector<std::size_t>& node_of, std::size_t first = 0);

}  // namespace gridmill::mpi
