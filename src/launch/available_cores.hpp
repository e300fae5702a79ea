#pragma once

#include <cstddef>

namespace gridmill::launch {

/// Returns how many cores this process may use: its affinity mask, and the CPU quota of its control group. At least 1.
std::size_t available_cores();

}  // namespace gridmill::launch
