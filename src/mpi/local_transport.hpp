#pragma once

#include <functional>
#include <memory>

#include "mpi/transport.hpp"

namespace gridmill::mpi {

/// Returns the transport of a program that runs alone: rank 0 of 1.
std::unique_ptr<Transport> make_local_transport();

/// Runs `body` as `n_ranks` ranks, each a thread of this process with its own transport, and waits for all.
///
/// Errors: rethrows what was thrown first; ranks that wait in a collective for a rank that
/// threw get a RunError instead of waiting for ever.
void run_local_ranks(int n_ranks, const std::function<void(Transport&)>& body);

}  // namespace gridmill::mpi
