#pragma once

#include <mpi.h>

namespace gridmill::mpi {

/// Waits until an operation has finished. Blocking MPI calls spin on a core for as long as the slowest rank takes;
/// asking now and then does not.
void wait_asleep(MPI_Request request);

}  // namespace gridmill::mpi
