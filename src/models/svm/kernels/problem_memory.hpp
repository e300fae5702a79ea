#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <vector>

#include "core/matrix.hpp"
#include "models/svm/kernels/aligned_memory.hpp"
#include "models/svm/kernels/row_slots.hpp"

namespace gridmill::models::svm {

/// Copies of all rows of a small problem, side by side.
class SmallCopies {
 public:
  explicit SmallCopies(std::vector<core::Index> positions);
  /// Returns what copies for so many variables take.
  [[nodiscard]] static std::size_t bytes(std::size_t n) { return n * padded(n) * sizeof(float); }

  [[nodiscard]] const std::vector<core::Index>& positions() const { return positions_; }
  /// Returns the row of variable k; valid as long as this.
  RowSlots::Slot claim(std::size_t k);
  [[nodiscard]] bool keeps(std::size_t k) const { return filled_[k] != 0; }

 private:
  std::vector<core::Index> positions_;
  AlignedFloats values_;
  std::vector<std::uint8_t> filled_;
};

/// What the problems of a bundle, one after the other, leave to each other: memory, and while kernel and samples
/// stay the same, copies of rows and sums over them. A result never depends on what is found here.
struct ProblemMemory {
  static constexpr std::size_t kMostProducts = 16;

  /// Returns what the products remembered of problems of `n` variables take at most, and the least that copies of
  /// rows of a matrix of `n` samples need.
  [[nodiscard]] static std::size_t product_bytes(std::size_t n) {
    return kMostProducts * n * (sizeof(core::Index) + 2 * sizeof(double));
  }
  [[nodiscard]] static std::size_t least_copy_bytes(std::size_t n);

  /// At most `limit` bytes are taken for copies of rows.
  explicit ProblemMemory(std::size_t limit) : bytes(limit) {}

  /// To be called before the kernel matrix that was read last goes away.
  void forget();

  /// Returns those of the problem with these positions; null: they would not fit. Valid until the next call.
  SmallCopies* small_copies(const std::vector<core::Index>& positions);
  /// Returns copies of some rows of the problem with these positions, by variable.
  RowSlots& copies_of(const std::vector<core::Index>& positions);

  /// A product K d: positions of a problem, d, and K d.
  struct Products {
    std::vector<core::Index> positions;
    std::vector<double> direction, sums;
  };

  std::size_t bytes;
  std::list<Products> products;  // the last kMostProducts that were computed, the newest first
  RowSlots part_copies;          // rows of a part of a problem; never found again

 private:
  std::list<SmallCopies> small_;
  std::size_t small_bytes_ = 0;
  std::vector<core::Index> copied_;  // positions of the problem `copies_` belong to; empty: none
  RowSlots copies_;
};

}  // namespace gridmill::models::svm
