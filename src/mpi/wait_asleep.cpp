#include "mpi/wait_asleep.hpp"

#include "mpi/pacer.hpp"

namespace gridmill::mpi {

void wait_asleep(MPI_Request request) {
  Pacer pacer;
  int finished = 0;
  for (MPI_Test(&request, &finished, MPI_STATUS_IGNORE); finished == 0;
       MPI_Test(&request, &finished, MPI_STATUS_IGNORE)) {
    pacer.pause();
  }
}

}  // namespace gridmill::mpi
