#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/svm/kernels/aligned_memory.hpp"

namespace gridmill::models::svm {

/// Keeps rows of floats by key in bounded memory; the least recently claimed one is given up first.
class RowSlots {
 public:
  /// Forgets all rows. Keys are below `n_keys`, rows have `row_size` entries from now on. At most `bytes` are taken,
  /// when they are needed, and kept for later use; at least two rows are.
  void reset(std::size_t n_keys, std::size_t row_size, std::size_t bytes);
  /// Takes `floats` of memory, which no row is kept in yet, for all rows that fit into it.
  void take(AlignedFloats memory, std::size_t floats);
  /// Gives back what was taken; no row can be read any more.
  [[nodiscard]] AlignedFloats release();

  struct Slot {
    float* values;  // row_size entries, then zeros to a whole cache line and room for 16 more; valid until the second
                    // next claim
    bool fresh;     // to be filled
  };
  Slot claim(std::size_t key);
  /// Says whether the next fresh row takes the place of another.
  [[nodiscard]] bool is_full() const { return entries_.size() == capacity_; }
  /// Returns what is kept, which does not count as a claim; null: nothing.
  [[nodiscard]] float* find(std::size_t key) const { return slot_of_[key] == kNone ? nullptr : values(slot_of_[key]); }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Entry {
    std::size_t key;
    std::uint32_t newer, older;
  };

  [[nodiscard]] std::uint32_t add(std::size_t key);
  [[nodiscard]] float* values(std::uint32_t slot) const;
  void unlink(std::uint32_t slot);
  void push_front(std::uint32_t slot);

  std::size_t row_size_ = 0;
  std::size_t stride_ = 0;
  std::size_t capacity_ = 2;
  std::size_t rows_per_slab_ = 1;
  std::vector<std::uint32_t> slot_of_;  // by key
  std::vector<Entry> entries_;
  std::vector<AlignedFloats> slabs_;
  std::size_t slab_size_ = 0;  // floats
  std::uint32_t newest_ = kNone, oldest_ = kNone;
};

}  // namespace gridmill::models::svm
