#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "launch/host_probe.hpp"
#include "launch/rank_job.hpp"

namespace gridmill::launch {

/// Ranks on one machine.
struct RanksOn {
  std::string host;
  std::size_t n_ranks = 1;

  friend bool operator==(const RanksOn&, const RanksOn&) = default;
};

/// A daemon takes all the ports that it may listen on. Those of different launches must not meet, be it of two runs
/// that have a host in common, or because a daemon of the launch before has not ended yet.
inline constexpr unsigned kFirstPort = 20000;
inline constexpr unsigned kPortsOfLaunch = 4;
inline constexpr unsigned kLaunchesApart = 125;

/// Where the ranks of a launch work, this machine first: it has rank 0.
struct Placement {
  std::vector<RanksOn> machines;
  bool computes_here = true;         // false: rank 0 hands out the work and collects it, and no more
  unsigned first_port = kFirstPort;  // of those that daemons listen on
  std::string agent = "ssh";         // the command that starts something on the other machines: words without quotes
};

/// Places ranks on the hosts that can take some. This machine computes where it is one of them, and else only
/// coordinates.
Placement place_ranks(const std::vector<Answer>& answers);

/// Returns the machine that a rank works on.
const std::string& machine_of(int rank, const Placement& placement);

/// Returns the command that starts ranks here.
std::vector<std::string> mpirun_line(const RankJob& job);

/// Returns the command that starts ranks on several machines. `passed`: variables of the environment for all ranks.
///
/// A machine that is cut off is noticed after some eight seconds. Open MPI's daemons listen on four of the ports 20000
/// to 20499, ranks on 20500 to 20999.
std::vector<std::string> mpirun_line(const RankJob& job, const Placement& placement,
                                     const std::vector<std::string>& passed);

/// Sets the environment of mpirun, and with it of its ranks: one BLAS thread a rank, no searches of Open MPI's that are
/// of no use to us. `launcher`: this program's process. Settings of the user's go first.
void set_environment(const Placement& placement, long launcher);

/// Returns the variables that ranks on other machines are to be given besides Open MPI's own: those of gridmill, how
/// many threads a rank takes, what hwloc looks for, how the BLAS computes: another of its kernels gives other last
/// bits.
std::vector<std::string> passed_variables();

}  // namespace gridmill::launch
