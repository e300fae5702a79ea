#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/value.hpp"
#include "mpi/task_farm.hpp"
#include "mpi/transport.hpp"

namespace gridmill::jobs {

/// What the ranks measured of their work; differs from run to run.
struct Work {
  std::size_t n_ranks = 0;
  std::size_t n_tasks = 0;     // of all farms
  double busy_s = 0;           // of all ranks
  double idle_s = 0;           // likewise
  std::size_t read_bytes = 0;  // from files, of all ranks
  std::size_t peak_bytes = 0;  // the most that a rank has held in memory
};

/// Brings together, in one reduction, what each rank has measured of itself since its process began: bytes read, most
/// memory held; and what its farms have reported. Collective; valid on rank 0. `reports`: on rank 0.
Work work_of_ranks(std::span<const mpi::RankReport> reports, mpi::Transport& transport);

/// Returns what summary.json says of it.
core::Value to_value(const Work& work);

/// Returns "12 bundles of fits on 2 ranks: 1.2 s busy, ..."; `tasks` is what they are.
std::string work_text(const Work& work, std::string_view tasks);

}  // namespace gridmill::jobs
