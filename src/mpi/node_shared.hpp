#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "core/node_memory.hpp"

namespace gridmill::mpi {

/// Memory shared by the ranks of a node, and a way to fill it once per node.
///
/// Use it from the main thread, outside farms. Blocks are committed when they are allocated, so no later write can
/// fail. No memory stays behind, however the ranks end; a kill while ranks that cannot open each other's files open a
/// block may leave an empty file in /dev/shm.
class NodeShared : public core::NodeMemory {
 public:
  /// Returns rank 0's `bytes` as one copy per node, 64-byte aligned, read-only from here on; lives as long as this.
  /// Collective over all ranks; `bytes` is read on rank 0 only; valid on every rank.
  /// Errors: RunError, on every rank of a node that has too little memory, as for `allocate`.
  virtual std::span<const std::byte> publish(std::string_view purpose, std::span<const std::byte> bytes) = 0;
};

/// Returns blocks from this process's own heap: for a program that runs alone.
std::unique_ptr<NodeShared> make_private_memory();

/// Returns memory that the ranks of each node map, in huge pages where a block is large. MPI must be initialised and
/// outlive it.
/// Collective over all ranks, as is the destruction.
std::unique_ptr<NodeShared> make_node_shared();

}  // namespace gridmill::mpi
