#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "models/svm/aligned_memory.hpp"
#include "models/svm/kernel.hpp"
#include "models/svm/node_slots.hpp"
#include "models/svm/pair_products.hpp"
#include "models/svm/row_slots.hpp"

namespace gridmill::models::svm {

/// Rows of the kernel matrix of all samples, in float32 (each entry the double value rounded, as in libsvm).
class KernelRows {
 public:
  virtual ~KernelRows() = default;

  /// Returns n entries of the row of `position`; valid until the second next call.
  virtual const float* row(std::size_t position) = 0;
  /// Says that the row of `position` will be asked for soon.
  virtual void expect(std::size_t /*position*/) const {}
  /// Returns the kernel of each sample with itself, in double.
  [[nodiscard]] const std::vector<double>& diagonal() const { return diagonal_; }
  [[nodiscard]] std::size_t n() const { return diagonal_.size(); }

 protected:
  explicit KernelRows(std::vector<double> diagonal) : diagonal_(std::move(diagonal)) {}

 private:
  std::vector<double> diagonal_;
};

/// Fills a whole matrix tile by tile, in any order and from several processes at once: the bits are the same.
class GramFiller {
 public:
  /// `products`: reused if given, else computed on the way and dropped. All must outlive this.
  GramFiller(const CentredSamples& samples, const PairProducts* products, const Kernel& kernel);

  /// Fills tile `index` of PairProducts and its mirror image in `values`, which has Gram::bytes(n).
  void fill(std::size_t index, float* values);

 private:
  void fill_block(const double* products, const PairProducts::Tile& at, float* values) const;

  const CentredSamples& samples_;
  const PairProducts* products_;
  Kernel kernel_;
  std::vector<double> scratch_;
};

/// The whole matrix: 4 n^2 bytes.
class Gram final : public KernelRows {
 public:
  /// Fills a matrix of its own. `memory`: what an earlier one of as many samples released, or null; touching new
  /// memory costs about as much as filling it.
  Gram(const CentredSamples& samples, const PairProducts* products, const Kernel& kernel, AlignedFloats memory);
  /// Reads a matrix that has been filled in `shared`.
  Gram(const CentredSamples& samples, const Kernel& kernel, NodeSlots::Hold shared);

  /// Says whether others of the node may wait until this lets go of its memory.
  [[nodiscard]] bool is_shared() const { return shared_.has_value(); }
  /// Gives up its own memory (null if it is shared); no row can be read any more.
  [[nodiscard]] AlignedFloats release() { return std::move(own_); }

  const float* row(std::size_t position) override { return values_ + position * stride_; }
  void expect(std::size_t position) const override;
  [[nodiscard]] static std::size_t bytes(std::size_t n);

 private:
  std::size_t stride_;
  AlignedFloats own_;
  std::optional<NodeSlots::Hold> shared_;
  const float* values_;
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
  std::vector<double> products_;  // of the row that is being computed
};

}  // namespace gridmill::models::svm
