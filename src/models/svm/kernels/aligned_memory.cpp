#include "models/svm/kernels/aligned_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace gridmill::models::svm {

namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20U;

std::size_t rounded_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

/// Returns `bytes`, whole huge pages, that begin at one. What is mapped beside them goes back at once.
void* map(std::size_t bytes) {
  void* const mapped = ::mmap(nullptr, bytes + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* const begin = static_cast<std::byte*>(mapped);
  const std::size_t before =
      rounded_up(reinterpret_cast<std::uintptr_t>(begin), kHugePage) - reinterpret_cast<std::uintptr_t>(begin);
  std::byte* const block = begin + before;
  if (before > 0) ::munmap(begin, before);
  if (before < kHugePage) ::munmap(block + bytes, kHugePage - before);
  // Advice only: taking the first touch of each small page one by one costs more than filling them.
  ::madvise(block, bytes, MADV_HUGEPAGE);
  return block;
}

template <typename T, typename Pointer>
Pointer allocate(std::size_t count) {
  const std::size_t wanted = (padded(count) + 16) * sizeof(T);
  // Large blocks are not left to the heap, which keeps holes between them once some have been freed.
  const bool is_large = wanted >= 2 * kHugePage;
  const std::size_t bytes = rounded_up(wanted, is_large ? kHugePage : kCacheLine);
  void* const memory = is_large ? map(bytes) : std::aligned_alloc(kCacheLine, bytes);
  if (memory == nullptr) throw std::bad_alloc();
  auto* values = static_cast<T*>(memory);
  std::fill(values + count, values + padded(count) + 16, T{0});
  return Pointer(values, FreeMemory{.mapped_bytes = is_large ? bytes : 0});
}

}  // namespace

void FreeMemory::operator()(void* memory) const {
  if (mapped_bytes == 0) {
    std::free(memory);  // NOLINT: what aligned_alloc gave
  } else {
    ::munmap(memory, mapped_bytes);
  }
}

AlignedFloats aligned_floats(std::size_t count) { return allocate<float, AlignedFloats>(count); }

AlignedDoubles aligned_doubles(std::size_t count) { return allocate<double, AlignedDoubles>(count); }

}  // namespace gridmill::models::svm
