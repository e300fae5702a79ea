#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/aws_place.hpp"
#include "config/sections.hpp"
#include "core/host.hpp"

namespace gridmill::config {

/// A job of Slurm (section `slurm`).
struct SlurmPlace {
  std::string nodes = "1";           // "4", or "1-8": as many of them as are free
  std::size_t ranks_per_node = 0;    // processes that work; 0: one per core, of whole nodes
  std::string time = "24:00:00";     // after which the job goes back into the queue, as Slurm writes times
  std::string partition;             // empty: Slurm's own, as with all below
  std::string account;               //
  std::vector<std::string> options;  // further ones of sbatch: "--qos=low"
  std::vector<std::string> setup;    // shell commands that the job begins with: "module load openmpi"
  std::filesystem::path program;     // gridmill on the nodes; empty: at the path it has here
};

/// Machines that ssh reaches (section `hosts`).
struct HostsPlace {
  std::vector<core::Host> hosts;  // never empty, no name twice
  std::string network;            // of which ranks talk to each other: "10.0.0.0/24"; empty: Open MPI chooses
};

/// Where a job runs: what the file of `--on` says. No part of a config, as no result depends on it.
using Place = std::variant<SlurmPlace, HostsPlace, AwsPlace>;

/// Reads such a file: one section, `slurm`, `hosts` or `aws`. Opens nothing else.
/// Errors: UserError with all that is wrong in it, with file:line:column.
Place read_place(const std::filesystem::path& file);
/// The same of a text; `name` is what messages call it.
Place read_place(std::string_view text, const std::filesystem::path& name);

/// The declarations of its options.
Fields<SlurmPlace> slurm_fields();
Fields<HostsPlace> hosts_fields();
Fields<core::Host> host_fields();  // of an entry of `hosts.hosts` as a mapping
std::vector<DeclaredOption> place_options();

}  // namespace gridmill::config
