#pragma once

#include "core/memory_size.hpp"

namespace gridmill::jobs {

using core::node_memory_bytes;
using core::size_text;

}  // namespace gridmill::jobs
