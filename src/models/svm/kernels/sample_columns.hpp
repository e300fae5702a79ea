#pragma once

#include <cstddef>
#include <span>

#include "core/matrix.hpp"
#include "models/svm/kernels/aligned_memory.hpp"

namespace gridmill::models::svm {

/// Samples in full, the values of a feature side by side for kWidth samples at a time. One sample is then multiplied
/// with all others as fast as many are, where they have few features.
///
/// Products have the bits of SampleBlock's: they are summed up by ascending feature, each operation rounded for itself.
class SampleColumns {
 public:
  static constexpr std::size_t kWidth = 32;

  /// Shapes: x is n_features x n. Cost: as many values once more.
  explicit SampleColumns(const core::Matrix& x);

  /// Computes the products of `sample`, all its features, with the samples first, first + 1, ..., one for each of
  /// `out`. first: a multiple of kWidth.
  void products(std::span<const double> sample, std::size_t first, std::span<double> out) const;

 private:
  AlignedDoubles values_;  // by block of samples, feature, sample
};

}  // namespace gridmill::models::svm
