#pragma once

#include <cstddef>
#include <memory>

#include "mpi/transport.hpp"

namespace gridmill::mpi {

inline constexpr std::size_t kPieceLimit = std::size_t{1} << 30;  // [bytes]; MPI counts are int

/// Returns a transport over all ranks of MPI, which must be initialised and outlive it.
///
/// Range: 8 <= piece_limit < 2^31, the same on every rank; longer messages are cut into such pieces.
/// Collective, as is the destruction.
std::unique_ptr<Transport> make_mpi_transport(std::size_t piece_limit = kPieceLimit);

}  // namespace gridmill::mpi
