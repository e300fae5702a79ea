#pragma once

#include <sys/types.h>
#include <csignal>

#include <optional>

#include "core/error.hpp"

namespace gridmill::mpi {

/// Returns the signal by which rank 0 tells our own launcher, which runs on the same machine, how the launch goes.
/// mpirun's exit code does not tell enough: where a host is lost it may be any, 0 and 1 included.
int launcher_signal();

/// Tell our own launcher that all ranks have found each other, and with what code this process ends. To be called by
/// rank 0; nothing is done where there is no such launcher on this machine.
void tell_launcher_begun();
void tell_launcher_end(core::ExitCode code);

/// The same: that the machine of a rank is about to be taken away.
void tell_launcher_leaving(int rank);

/// What the number says that such a signal has brought: the code of an end, a rank whose machine is leaving, or else
/// the beginning.
std::optional<int> end_told(int number);
std::optional<int> leaving_told(int number);

/// Returns the process that has started the one which has sent such a signal.
pid_t starter_told(sigval word);

}  // namespace gridmill::mpi
