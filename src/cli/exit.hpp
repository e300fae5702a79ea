#pragma once

#include <cstddef>
#include <functional>
#include <ostream>

#include "core/error.hpp"

namespace gridmill::cli {

/// Runs `work` and turns what it throws into words on `errors` and an exit code:
/// UserError -> 2 · RunError -> 1, both said by rank 0 only, as ranks agree on them (mpi::run_together) ·
/// no memory left -> 1 · anything else -> 3, our bug; said by each rank, as it may be alone with them. Ranks other
/// than 0 put their rank before what they say.
core::ExitCode guarded(const std::function<core::ExitCode()>& work, std::size_t rank, std::ostream& errors);

}  // namespace gridmill::cli
