#pragma once

#include <functional>

#include "mpi/local_transport.hpp"
#include "mpi/session.hpp"

namespace gridmill::mpi::test {

/// The session of the test program.
Session& session();

/// Runs `body` on the ranks of MPI, then on as many threads with local transports.
inline void on_both_transports(const std::function<void(Transport&)>& body) {
  body(session().transport());
  run_local_ranks(session().place().n_ranks, body);
}

}  // namespace gridmill::mpi::test
