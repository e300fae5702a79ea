#pragma once

#include <cstddef>
#include <memory>

namespace gridmill::models::svm {

struct FreeMemory {
  std::size_t mapped_bytes = 0;  // 0: the block is the heap's

  void operator()(void* memory) const;
};
using AlignedFloats = std::unique_ptr<float[], FreeMemory>;    // NOLINT: a vector would zero what is overwritten
using AlignedDoubles = std::unique_ptr<double[], FreeMemory>;  // NOLINT

/// Return memory for `count` numbers on a cache line, in huge pages where it is large. Not initialised, but for
/// the zeros behind the end that vector loads may touch. Errors: std::bad_alloc.
AlignedFloats aligned_floats(std::size_t count);
AlignedDoubles aligned_doubles(std::size_t count);

/// Returns `n` rounded up to whole cache lines of floats.
constexpr std::size_t padded(std::size_t n) { return (n + 15) / 16 * 16; }

}  // namespace gridmill::models::svm
