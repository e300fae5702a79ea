#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gridmill::launch {

/// What Slurm tells of a job.
struct SlurmState {
  std::string word;    // as Slurm has it: "PENDING", "RUNNING", "COMPLETED", "FAILED"
  std::string reason;  // for which it waits; empty: none
  std::string nodes;   // on which it works; empty: none
  int code = 0;        // exit code, once it has ended
  int signal = 0;      // that ended it; 0: none

  /// Says whether the job has ended for good: it neither works nor waits.
  [[nodiscard]] bool has_ended() const;
};

/// Reads what `scontrol show job --oneliner` says. Returns nothing for what is no such text.
std::optional<SlurmState> slurm_state_in(std::string_view text);

/// Submits a script; returns the number of the job. Errors: RunError with what sbatch says, or that there is none.
std::string submit_to_slurm(const std::filesystem::path& script);

/// What can be learnt of a job.
struct SlurmAnswer {
  std::optional<SlurmState> state;
  bool is_unknown = false;  // Slurm has no such job, or has forgotten it
  std::string trouble;      // in which Slurm could not be asked; empty: none
};

/// Asks Slurm about a job.
SlurmAnswer ask_slurm(const std::string& job);

}  // namespace gridmill::launch
