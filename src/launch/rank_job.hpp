#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "launch/host_probe.hpp"
#include "launch/hosts.hpp"
#include "launch/supervision.hpp"

namespace gridmill::launch {

/// Where ranks work but on this machine.
struct HostsJob {
  std::vector<Host> hosts;
  std::string network;  // "10.0.0.0/24", or an interface, that ranks talk over; empty: Open MPI chooses
  HostNeeds needs;
};

/// What is to be started.
struct RankJob {
  std::string program;
  std::vector<std::string> arguments;
  std::size_t n_ranks = 1;  // here; not used with `hosts`
  /// Tells how much of the job is on the disk; asked before the first launch and after each loss. Empty: nobody knows.
  std::function<Evidence()> evidence = {};
  std::optional<HostsJob> hosts = {};
  /// A launch whose ranks have not found each other by then is ended and repeated; 0: a minute, and a second a rank.
  std::chrono::milliseconds start_limit{0};
};

}  // namespace gridmill::launch
