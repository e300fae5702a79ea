#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "mpi/session.hpp"

namespace gridmill::jobs {

/// Who works at a job from here on: what `events.jsonl` says of a launch.
struct LaunchFacts {
  std::string job;           // "search", "features"
  std::uint32_t launch = 1;  // in this run directory; the first is 1
  std::size_t n_ranks = 1;
  std::map<std::string, std::int64_t> ranks_on;  // by host
  std::string command;                           // that goes on
  std::string folder;                            // in which the command is to be given
};

/// Collects them. Collective; valid on rank 0.
LaunchFacts launch_facts(std::string job, mpi::Session& session);

}  // namespace gridmill::jobs
