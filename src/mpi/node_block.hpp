#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <mpi.h>

#include "mpi/shared_block.hpp"

namespace gridmill::mpi {

/// Returns a zeroed block of memory that the ranks of `node`, all of one machine, have mapped together and committed.
///
/// Collective over `node`. Errors: RunError, on each of its ranks, if there is too little memory or they cannot share
/// any.
SharedBlock share_block(MPI_Comm node, std::string_view purpose, std::size_t bytes);

/// Returns "the data: no 12.0 MiB of memory left on this node".
std::string too_big_text(std::string_view purpose, std::size_t bytes);

}  // namespace gridmill::mpi
