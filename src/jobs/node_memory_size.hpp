#pragma once

#include <cstddef>
#include <string>

namespace gridmill::jobs {

/// Returns the memory of this machine, or of the cgroup it confines us to if that is less. [bytes]
std::size_t node_memory_bytes();

/// Returns "13.2 MiB".
std::string size_text(std::size_t bytes);

}  // namespace gridmill::jobs
