#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "launch/supervision.hpp"

namespace gridmill::launch {

/// Returns a time in which ranks find each other on any machine: many on a core take their time.
constexpr std::chrono::seconds start_patience(std::size_t n_ranks) {
  return std::chrono::seconds(60 + static_cast<std::chrono::seconds::rep>(n_ranks));
}

/// What is to be started.
struct RankJob {
  std::string program;
  std::vector<std::string> arguments;
  std::size_t n_ranks = 1;
  /// Tells how much of the job is on the disk; asked before the first launch and after each loss. Empty: nobody knows.
  std::function<Evidence()> evidence = {};
  /// How long ranks may take to find each other (mpi::Session), before they are given up.
  std::chrono::seconds patience = start_patience(n_ranks);
};

/// Starts ranks here under mpirun, waits for their end and returns the job's exit code. Where a rank is lost, because
/// it crashed or was killed, or they do not find each other in time, all of them are started again and go on, as long
/// as that brings something (Supervision); `errors` is told of each loss in a sentence.
///
/// Runs as root too, with more ranks than cores, without binding, one BLAS thread a rank. stdin is empty for ranks.
/// Of Open MPI's networks it uses shared memory and TCP, and looks for no others, unless the user has chosen some.
/// Their stdout is passed on by this process, so that one that cannot be written is noticed: 1 instead of 0 then.
/// Signals: the first SIGINT, SIGTERM, SIGHUP (unless that is ignored) or SIGUSR1 reaches every rank as SIGUSR1: an
/// orderly end, within a second. The second SIGINT or SIGTERM, or ten seconds in which they do not end, reaches them as
/// SIGTERM: they end at once, and only remove what is unfinished. After two more seconds, or a third, they are killed.
/// The job dies with this process. When this returns, no rank is left, whatever became of mpirun.
/// Returns the ranks' code if it is one of ours (0, 1, 2, 3, 75, 130), and 130 after a SIGINT, 75 after another
/// signal, if they could not finish; 1 when it gives up, after one sentence on `errors` that says why.
/// Errors: RunError if mpirun cannot be started.
core::ExitCode start_ranks(const RankJob& job, std::ostream& errors);

/// Returns the path of the running executable.
std::string this_program();

}  // namespace gridmill::launch
