#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "core/sparse.hpp"

namespace gridmill::models::svm {

/// A few samples side by side, to be multiplied with many others, which are read once for all of them.
///
/// Every product is summed up by ascending feature, in double, each operation rounded for itself: its bits depend on
/// the two samples alone, not on what else is in the block, on which of the two is, or on the instruction set.
class SampleBlock {
 public:
  static constexpr std::size_t kWidth = 16;

  /// Takes samples, 1 to kWidth, in place of those before. Cost: those entries, and the first time O(n_features).
  void take(const core::Matrix& x, std::span<const core::Index> samples);
  void take(const core::SparseView& x, std::span<const core::Index> samples);

  /// Computes the products with the samples first, first + 1, ... of the same x.
  /// Shapes: out is column-major, n entries for each sample of the block, with room for n x kWidth; what is behind them
  /// may be written, too.
  void products(const core::Matrix& x, std::size_t first, std::size_t n, double* out) const;
  void products(const core::SparseView& x, std::size_t first, std::size_t n, double* out) const;
  /// The same, sample by sample: those of first + r with the samples of the block start at out + r x stride, and
  /// nothing else is written.
  void products_by_sample(const core::Matrix& x, std::size_t first, std::size_t n, std::size_t stride,
                          double* out) const;

 private:
  std::size_t size_ = 0;               // samples
  std::size_t width_ = kWidth;         // values of a place: of a few sparse samples not more than there are samples
  std::vector<double> values_;         // by place
  std::vector<std::uint32_t> place_;   // of each feature of sparse samples; 0: in none of them, a place of zeros
  std::vector<core::Index> features_;  // that have a place
};

}  // namespace gridmill::models::svm
