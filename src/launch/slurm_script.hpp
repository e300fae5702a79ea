#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace gridmill::launch {

/// What a job of Slurm is to do, and what it asks for.
struct SlurmRequest {
  std::string nodes = "1";           // a number, or a range
  std::size_t ranks_per_node = 0;    // cores of each; 0: all, of whole nodes
  std::string time;                  // as Slurm writes it
  std::string partition;             // empty: Slurm's own, as with `account`
  std::string account;               //
  std::vector<std::string> options;  // of sbatch
  std::vector<std::string> setup;    // shell commands before the work
  std::filesystem::path program;     // gridmill
  std::vector<std::string> arguments;
  std::filesystem::path folder;  // absolute; where the job's output goes, see slurm_output
};

/// The name in `folder` of what job `job` writes to stdout ("out") or stderr ("err").
std::string slurm_output(const std::string& job, const std::string& stream);

/// Returns the script of such a job: what is asked for, the setup, and what slurm/gridmill.sbatch does, to the letter.
/// Errors: UserError where the name of the folder cannot stand in it (quotes, control characters).
std::string slurm_script(const SlurmRequest& request);

}  // namespace gridmill::launch
