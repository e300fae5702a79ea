#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "models/svm/aligned_memory.hpp"
#include "models/svm/kernel.hpp"
#include "models/svm/pair_products.hpp"
#include "models/svm/row_slots.hpp"

namespace gridmill::models::svm {

/// Rows of the kernel matrix of all samples, in float32 (each entry the double value rounded, as in libsvm).
class KernelRows {
 public:
  virtual ~KernelRows() = default;

  /// Returns n entries of the row of `position`; valid until the second next call.
  virtual const float* row(std::size_t position) = 0;
  /// Returns the kernel of each sample with itself, in double.
  [[nodiscard]] const std::vector<double>& diagonal() const { return diagonal_; }
  [[nodiscard]] std::size_t n() const { return diagonal_.size(); }

 protected:
  explicit KernelRows(std::vector<double> diagonal) : diagonal_(std::move(diagonal)) {}

 private:
  std::vector<double> diagonal_;
};

/// The whole matrix: 4 n^2 bytes.
class Gram final : public KernelRows {
 public:
  /// `products`: reused if given, else computed on the way and dropped. `memory`: what an earlier matrix of as many
  /// samples released, or null; touching new memory costs about as much as filling it.
  Gram(const CentredSamples& samples, const PairProducts* products, const Kernel& kernel, AlignedFloats memory);

  /// Gives up the memory; no row can be read any more.
  [[nodiscard]] AlignedFloats release() { return std::move(values_); }

  const float* row(std::size_t position) override { return values_.get() + position * stride_; }
  [[nodiscard]] static std::size_t bytes(std::size_t n);

 private:
  void fill_tile(const CentredSamples& samples, const Kernel& kernel, const double* products, std::size_t tile_row,
                 std::size_t tile_column);

  std::size_t stride_;
  AlignedFloats values_;
};

/// Rows computed when asked for; as many as fit into `bytes` are kept, the least recently used one goes first.
class RowCache final : public KernelRows {
 public:
  RowCache(std::shared_ptr<const CentredSamples> samples, const Kernel& kernel, std::size_t bytes);

  const float* row(std::size_t position) override;

 private:
  std::shared_ptr<const CentredSamples> samples_;
  Kernel kernel_;
  RowSlots slots_;
};

}  // namespace gridmill::models::svm
