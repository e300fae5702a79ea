#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace gridmill::core {

/// Memory that all ranks of a node see at once; private memory when there is one rank.
///
/// Ranks that share a block agree on its contents by std::atomic placed in it (lock-free ones work across
/// processes); none may wait for another without limit.
class NodeMemory {
 public:
  virtual ~NodeMemory() = default;

  /// Returns a zeroed block, aligned to 64 bytes, the same memory on every rank of the node; lives as long as this.
  /// Collective over the node's ranks: the same calls in the same order on each.
  /// Errors: RunError naming `purpose` and the size when the node cannot give that much.
  virtual std::span<std::byte> allocate(std::string_view purpose, std::size_t bytes) = 0;

  /// How many ranks share the memory, and which of them this one is.
  [[nodiscard]] virtual std::size_t n_sharers() const = 0;
  [[nodiscard]] virtual std::size_t sharer() const = 0;
};

/// The heap of a process that shares with no one; large blocks lie in huge pages where the system has them.
class HeapMemory final : public NodeMemory {
 public:
  std::span<std::byte> allocate(std::string_view purpose, std::size_t bytes) override;
  [[nodiscard]] std::size_t n_sharers() const override { return 1; }
  [[nodiscard]] std::size_t sharer() const override { return 0; }

 private:
  struct Free {
    void operator()(std::byte* block) const { std::free(block); }  // NOLINT: what aligned_alloc gave
  };
  std::vector<std::unique_ptr<std::byte, Free>> blocks_;
};

}  // namespace gridmill::core
