#pragma once

#include <string>

namespace gridmill::jobs {

/// Returns the command line of this process as one types it again to go on: "gridmill search 'my config.yaml' --ranks
/// 2", quoted for a shell, without --overwrite. Of the launcher, if there is one: ranks are given the same words.
std::string this_command();

/// Which command a process works for. Ranks that are started again after a loss have the same one, and so has a job
/// that Slurm has started again; the same command typed again is another one.
struct CommandIdentity {
  std::string launcher;     // host, process and its beginning; "-": none, a process that was started by hand
  std::string slurm;        // job and step; "-": none
  unsigned n_requeued = 0;  // how often Slurm has started the job again

  static CommandIdentity of_this_process();

  /// Says whether `later` goes on with what this one began.
  [[nodiscard]] bool is_continued_by(const CommandIdentity& later) const;
};

}  // namespace gridmill::jobs
