#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "launch/host_report.hpp"
#include "launch/hosts.hpp"
#include "launch/supervision.hpp"

namespace gridmill::launch {

/// Where ranks work but on this machine.
struct HostsJob {
  std::vector<core::Host> hosts;
  /// Reads the list of hosts anew, at each question: some may have come. Errors: any, then it is as it was. Empty: it
  /// stays.
  std::function<std::vector<core::Host>()> list = {};
  std::string network;  // "10.0.0.0/24", or an interface, that ranks talk over; empty: Open MPI chooses
  HostNeeds needs;
  bool sends_files = false;  // to hosts that lack some of `needs`
};

/// Returns a time in which ranks find each other on any machine: many on a core take their time.
constexpr std::chrono::seconds start_patience(std::size_t n_ranks) {
  return std::chrono::seconds(60 + static_cast<std::chrono::seconds::rep>(n_ranks));
}

/// What is to be started.
struct RankJob {
  std::string program;
  std::vector<std::string> arguments;
  std::size_t n_ranks = 1;  // here; not used with `hosts`
  /// Tells how much of the job is on the disk; asked before the first launch and after each loss. Empty: nobody knows.
  std::function<Evidence()> evidence = {};
  std::optional<HostsJob> hosts = {};
  /// How long ranks may take to find each other (mpi::Session), before they are given up; unset: start_patience.
  std::optional<std::chrono::seconds> patience = {};
};

}  // namespace gridmill::launch
