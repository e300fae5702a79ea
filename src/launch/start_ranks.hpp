#pragma once

#include <ostream>
#include <string>

#include "core/error.hpp"
#include "launch/rank_job.hpp"

namespace gridmill::launch {

/// Starts ranks under mpirun, waits for their end and returns the job's exit code. Where a rank is lost, because it
/// crashed or was killed, or where ranks do not find each other in time, all of them are started again and go on, as
/// long as that brings something (Supervision); `errors` is told of each loss in a sentence.
///
/// Over hosts: before each launch all hosts are asked, and those that can work are used (Muster). Rank 0 is on this
/// machine, and only coordinates unless the machine is one of the hosts.
///
/// Runs as root too, with more ranks than cores, without binding, one BLAS thread a rank. stdin is empty for ranks.
/// Of Open MPI's networks it uses shared memory and TCP, and looks for no others, unless the user has chosen some.
/// Their stdout is passed on by this process, so that one that cannot be written is noticed: 1 instead of 0 then.
/// Signals: the first SIGINT, SIGTERM, SIGHUP (unless that is ignored) or SIGUSR1 reaches every rank as SIGUSR1: an
/// orderly end, within a second. The second SIGINT or SIGTERM ends the ranks at once, and so do ten seconds in which
/// they do not end. The job dies with this process. When this returns, no rank is left, whatever became of mpirun.
/// Returns the ranks' code if it is one of ours (0, 1, 2, 3, 75, 130), and 130 after a SIGINT, 75 after another
/// signal, if they could not finish; 1 when it gives up, after one sentence on `errors` that says why.
/// Errors: RunError if mpirun cannot be started, or none of the hosts can work.
core::ExitCode start_ranks(const RankJob& job, std::ostream& errors);

/// Returns the path of the running executable.
std::string this_program();

}  // namespace gridmill::launch
