#include "core/node_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::core {

namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20U;

}  // namespace

std::span<std::byte> HeapMemory::allocate(std::string_view purpose, std::size_t bytes) {
  const std::size_t alignment = bytes >= 2 * kHugePage ? kHugePage : kCacheLine;
  const std::size_t rounded = std::max(alignment, (bytes + alignment - 1) / alignment * alignment);
  auto* block = rounded < bytes ? nullptr : static_cast<std::byte*>(std::aligned_alloc(alignment, rounded));
  if (block == nullptr) {
    throw RunError(
        fmt::format("{}: no {:.1f} MiB of memory left on this node", purpose, static_cast<double>(bytes) / 1048576));
  }
  blocks_.emplace_back(block);
  if (alignment == kHugePage) madvise(block, rounded, MADV_HUGEPAGE);  // advice only
  std::memset(block, 0, bytes);
  return {block, bytes};
}

}  // namespace gridmill::core
