#include "models/svm/aligned_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace gridmill::models::svm {

namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20U;

template <typename T>
T* allocate(std::size_t count) {
  const std::size_t wanted = (padded(count) + 16) * sizeof(T);
  const std::size_t alignment = wanted >= 2 * kHugePage ? kHugePage : kCacheLine;
  const std::size_t bytes = (wanted + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, bytes);
  if (memory == nullptr) throw std::bad_alloc();
  // Advice only: taking the first touch of each small page one by one costs more than filling them.
  if (alignment == kHugePage) madvise(memory, bytes, MADV_HUGEPAGE);
  auto* values = static_cast<T*>(memory);
  std::fill(values + count, values + padded(count) + 16, T{0});
  return values;
}

}  // namespace

AlignedFloats aligned_floats(std::size_t count) { return AlignedFloats(allocate<float>(count)); }

AlignedDoubles aligned_doubles(std::size_t count) { return AlignedDoubles(allocate<double>(count)); }

}  // namespace gridmill::models::svm
