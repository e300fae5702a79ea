#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

namespace gridmill::models::svm {

struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }  // NOLINT: what aligned_alloc gave
};
using AlignedFloats = std::unique_ptr<float[], FreeMemory>;  // NOLINT: std::vector would zero what is overwritten

/// Returns memory for `count` floats on a cache line, not initialised but for what vector loads may touch beyond the
/// end of any part of it. Errors: std::bad_alloc.
AlignedFloats aligned_floats(std::size_t count);

/// Returns `n` rounded up to whole cache lines of floats.
constexpr std::size_t padded(std::size_t n) { return (n + 15) / 16 * 16; }

/// Keeps rows of floats by key in bounded memory; the least recently claimed one is given up first.
class RowSlots {
 public:
  /// Keys are below `n_keys`. At least two rows are kept, however small `bytes` is; memory is taken when used.
  RowSlots(std::size_t n_keys, std::size_t row_size, std::size_t bytes);

  struct Slot {
    float* values;  // row_size entries; valid until the second next claim
    bool fresh;     // to be filled
  };
  Slot claim(std::size_t key);

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  void unlink(std::uint32_t slot);
  void push_front(std::uint32_t slot);

  struct Entry {
    std::size_t key;
    std::uint32_t newer, older;
    AlignedFloats values;
  };
  std::size_t row_size_;
  std::size_t capacity_;
  std::vector<std::uint32_t> slot_of_;  // by key
  std::vector<Entry> entries_;
  std::uint32_t newest_ = kNone, oldest_ = kNone;
};

}  // namespace gridmill::models::svm
