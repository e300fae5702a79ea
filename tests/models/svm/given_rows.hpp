#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "models/svm/kernels/kernel_rows.hpp"

namespace gridmill::models::svm::test {

/// A kernel matrix given entry by entry. With spread > 1 it is part of a larger one, at every spread-th position; what
/// is between are entries that no result may depend on.
class GivenRows final : public KernelRows {
 public:
  explicit GivenRows(const core::Matrix& kernel, std::size_t spread = 1)
      : KernelRows(diagonal_of(kernel, spread)),
        spread_(spread),
        stride_(padded(kernel.n_rows * spread)),
        values_(aligned_floats(stride_ * kernel.n_rows)) {
    std::fill_n(values_.get(), stride_ * kernel.n_rows, 7.0F);
    for (std::size_t i = 0; i < kernel.n_rows; ++i) {
      for (std::size_t j = 0; j < kernel.n_rows; ++j) {
        values_[i * stride_ + j * spread] = static_cast<float>(kernel(j, i));
      }
    }
  }

  const float* row(std::size_t position) override {
    ++n_asked_;
    return values_.get() + position / spread_ * stride_;
  }
  /// Returns how often a row was asked for.
  [[nodiscard]] std::size_t n_asked() const { return n_asked_; }
  void read(std::span<const core::Index> positions, const Entries& /*entries*/, const Reader& read) override {
    for (std::size_t k = 0; k < positions.size(); ++k) read(k, row(positions[k]));
  }

 private:
  static std::vector<double> diagonal_of(const core::Matrix& kernel, std::size_t spread) {
    std::vector<double> diagonal(kernel.n_rows * spread, 7.0);
    for (std::size_t i = 0; i < kernel.n_rows; ++i) diagonal[i * spread] = kernel(i, i);
    return diagonal;
  }

  std::size_t n_asked_ = 0;
  std::size_t spread_;
  std::size_t stride_;
  AlignedFloats values_;
};

}  // namespace gridmill::models::svm::test
