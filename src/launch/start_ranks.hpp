#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace gridmill::launch {

/// Starts `n_ranks` ranks of `program` here under mpirun, waits for their end and returns the job's exit code.
///
/// Runs as root too, with more ranks than cores, without binding, one BLAS thread a rank. stdin is empty for ranks.
/// Of Open MPI's networks it uses shared memory and TCP, and looks for no others, unless the user has chosen some.
/// Their stdout is passed on by this process, so that one that cannot be written is noticed: 1 instead of 0 then.
/// Signals: the first SIGINT, SIGTERM, SIGHUP (unless that is ignored) or SIGUSR1 reaches every rank as SIGUSR1: an
/// orderly end, within a second. The second SIGINT or SIGTERM ends the ranks at once, and so do ten seconds in which
/// they do not end. The job dies with this process. When this returns, no rank is left, whatever became of mpirun.
/// Returns the ranks' code if it is one of ours (0, 1, 2, 3, 75, 130), and 130 after a SIGINT, 75 after another
/// signal, if they could not finish; otherwise (a rank was killed or crashed) 1, after one sentence on `errors`.
/// Errors: RunError if mpirun cannot be started.
core::ExitCode start_ranks(const std::string& program, const std::vector<std::string>& arguments, std::size_t n_ranks,
                           std::ostream& errors);

/// Returns the path of the running executable.
std::string this_program();

}  // namespace gridmill::launch
