#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mpi/farm_forecast.hpp"
#include "mpi/session.hpp"

namespace gridmill::jobs {

inline constexpr double kHour = 3600;  // [s]
inline constexpr double kDay = 24 * kHour;
/// What it takes to start several ranks on one machine, measured on two and three [s].
inline constexpr double kStart_s = 0.6;

/// Where a job would work: `n_nodes` machines with so many ranks each.
struct RankLayout {
  std::size_t n_nodes = 1;
  std::size_t ranks_per_node = 1;
  bool has_coordinator = false;  // beside them, on a machine of its own, which computes nothing
};

/// Returns the layout of a session's ranks, those that compute.
RankLayout layout_of(const mpi::Place& place);

/// What a job is foreseen to take, wherever it works: farms one after the other, and what no rank shares with another.
struct JobForecast {
  double before_s = 0;  // what each rank does at the same time, before anything else: reading
  std::vector<mpi::ForeseenFarm> farms;
  double after_s = 0;       // what rank 0 does alone
  double factor = 1;        // the truth is expected between seconds / factor and seconds x factor
  bool at_least = false;    // something that was measured was cut short, and nobody knows how much of it was left
  std::string measured_by;  // "fits of 1257 rows, in 0.8 s": what was measured for it

  /// Returns the wall time in seconds, of ranks that have a core each of the speed of this machine's; of more than one,
  /// with their start.
  [[nodiscard]] double seconds(const RankLayout& layout) const;
  /// Returns "some 20 min (7 min to 1 h), from fits of 2000 rows, in 1.2 s"; "more than 20 min, from ...".
  [[nodiscard]] std::string text(const RankLayout& layout) const;
};

/// Returns a time for people: "1 s", "40 s", "12 min", "3 h", "5 days", "4 years".
std::string about(double seconds);

}  // namespace gridmill::jobs
