#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/place.hpp"
#include "core/error.hpp"

namespace gridmill::cli {

/// A command that a job of Slurm is to carry out.
struct SlurmCommand {
  std::vector<std::string> arguments;  // of gridmill, without --on
  std::filesystem::path folder;        // run directory: takes the script, the number of the job and its output
};

/// Prints the script that such a job would have.
void show_slurm_script(const config::SlurmPlace& place, const SlurmCommand& command);

/// Submits the job, unless it waits or works already, and passes on what it says until it has ended. SIGINT, SIGTERM
/// and SIGHUP end that alone: the job goes on, and the same command is there again.
///
/// Returns the exit code of the job; interrupted or stopped when it is left to itself.
/// Errors: UserError where the folder cannot be made; RunError where Slurm takes no job, or it did not end by itself.
core::ExitCode work_on_slurm(const config::SlurmPlace& place, const SlurmCommand& command);

}  // namespace gridmill::cli
