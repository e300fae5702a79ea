#include "models/svm/kernels/problem_memory.hpp"

#include <algorithm>
#include <utility>

namespace gridmill::models::svm {

SmallCopies::SmallCopies(std::vector<core::Index> positions)
    : positions_(std::move(positions)),
      values_(aligned_floats(positions_.size() * padded(positions_.size()))),
      filled_(positions_.size(), 0) {}

RowSlots::Slot SmallCopies::claim(std::size_t k) {
  const std::size_t stride = padded(positions_.size());
  float* values = values_.get() + k * stride;
  const bool fresh = filled_[k] == 0;
  if (fresh) std::fill(values + positions_.size(), values + stride, 0.0F);
  filled_[k] = 1;
  return {values, fresh};
}

std::size_t ProblemMemory::least_copy_bytes(std::size_t n) {
  constexpr std::size_t kUseful = std::size_t{1} << 20U;
  // Two rows of a problem and two of a part of it; a regression has each sample twice.
  const std::size_t rows = 8 * (padded(n) + 16) * sizeof(float);
  return std::max(rows, std::min(kUseful, 4 * SmallCopies::bytes(n)));
}

void ProblemMemory::forget() {
  small_.clear();
  small_bytes_ = 0;
  copied_.clear();
  products.clear();
}

SmallCopies* ProblemMemory::small_copies(const std::vector<core::Index>& positions) {
  const auto known = std::ranges::find(small_, positions, &SmallCopies::positions);
  if (known != small_.end()) return &*known;
  const std::size_t needed = SmallCopies::bytes(positions.size());
  if (needed > bytes / 2) return nullptr;
  if (small_bytes_ + needed > bytes / 2) {
    small_.clear();
    small_bytes_ = 0;
  }
  small_bytes_ += needed;
  return &small_.emplace_back(positions);
}

RowSlots& ProblemMemory::copies_of(const std::vector<core::Index>& positions) {
  if (copied_ != positions) {
    copied_ = positions;
    copies_.reset(positions.size(), positions.size(), bytes / 2);
  }
  return copies_;
}

}  // namespace gridmill::models::svm
