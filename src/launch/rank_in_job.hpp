#pragma once

#include <cstddef>
#include <optional>

namespace gridmill::launch {

/// Which rank of how many this process is, as mpirun or srun has told it through the environment.
struct RankInJob {
  std::size_t rank = 0;
  std::size_t n_ranks = 1;
};

/// Returns it, or nothing if this process was not started by an MPI launcher. Needs no MPI.
std::optional<RankInJob> rank_in_job();

}  // namespace gridmill::launch
