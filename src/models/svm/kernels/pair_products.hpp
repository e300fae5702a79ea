#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "core/node_slots.hpp"
#include "core/sparse.hpp"
#include "models/svm/kernels/aligned_memory.hpp"
#include "models/svm/kernels/kernel.hpp"
#include "models/svm/kernels/sample_block.hpp"

namespace gridmill::models::svm {

class PairProducts;

/// Samples in the order of a kernel matrix, shifted so that products of pairs cancel little.
///
/// The shift of a feature is its mean rounded to a multiple of a power of two near its spread: features that are
/// whole numbers (or have few bits) stay exact, and so do their products. Sparse samples are not shifted: their 0s are
/// to stay 0, and most of them keep them near 0.
///
/// A product of two samples is SampleBlock's wherever it is computed, so that kernel matrices, rows and predictions
/// have the same bits whether there is memory for a matrix, for products, or for neither.
class CentredSamples {
 public:
  /// Shapes: x is n_features x n; becomes the shifted samples, in the same order.
  explicit CentredSamples(core::Matrix x);
  explicit CentredSamples(core::SparseMatrix x);

  [[nodiscard]] std::size_t n() const { return norm_.size(); }
  /// Returns the samples in full, n_features x n, or nothing if they are sparse.
  [[nodiscard]] const core::Matrix& in_full() const { return z_; }
  [[nodiscard]] bool is_sparse() const { return is_sparse_; }
  /// Says whether a product of two samples (rbf: their squared distance) may be beyond what a double holds.
  [[nodiscard]] bool overflows(KernelKind kind) const;

  /// A run of neighbouring samples.
  struct Run {
    std::size_t first;
    std::size_t size;
  };
  /// Computes the products of all pairs of samples of two runs. Shapes: out is rows.size x columns.size, column-major.
  void products(const Run& rows, const Run& columns, double* out) const;

  /// Puts chosen samples into a block, and multiplies a run of samples with those of a block.
  void take(std::span<const core::Index> samples, SampleBlock& block) const;
  void products(const Run& rows, const SampleBlock& block, double* out) const;

  /// Turns products z_i.z_j of one j and rows i = first, first+1, ... into float32 kernel entries, each the double
  /// value rounded; 1 on the diagonal of rbf.
  void kernel_entries(const Kernel& kernel, std::size_t j, std::size_t first, std::span<const double> products,
                      float* out) const;
  /// Computes the kernel of sample i with the samples `others`, in double: from `products` if given, else from the
  /// features themselves.
  void kernel_row(const Kernel& kernel, const PairProducts* products, std::size_t i,
                  std::span<const core::Index> others, std::span<double> out) const;
  /// Returns the kernel of a sample with itself, in double.
  [[nodiscard]] double kernel_diagonal(const Kernel& kernel, std::size_t i) const;

 private:
  void sparse_products(const Run& rows, const Run& columns, double* out) const;
  void sparse_row(std::size_t i, std::span<const core::Index> others, std::span<double> out) const;
  /// What the shift has taken from the product of two samples; in either order the same bits.
  [[nodiscard]] double shifted_back(std::size_t i, std::size_t j) const {
    return shift_dot_[i] + shift_dot_[j] + shift_norm_;
  }

  core::Matrix z_;             // empty if sparse
  core::SparseMatrix sparse_;  // empty if dense
  bool is_sparse_ = false;
  std::vector<double> norm_;       // z.z
  std::vector<double> shift_dot_;  // shift.z
  double shift_norm_ = 0;          // shift.shift
};

/// The dot products of all pairs of samples: lower triangle, in double, in square tiles.
///
/// Double, because a float32 distance loses what exp(-gamma d) needs; half a matrix of doubles takes no more memory
/// than a whole one of floats. Tiles are the unit of work: their bits do not depend on who computes them.
class PairProducts {
 public:
  static constexpr std::size_t kTile = 128;

  struct Tile {
    std::size_t row;  // >= column
    std::size_t column;
  };

  /// Reserves memory for n samples; every tile must be computed before it is read.
  explicit PairProducts(std::size_t n);
  /// Reads products of n samples that have been computed in `shared`.
  PairProducts(std::size_t n, core::NodeSlots::Hold shared);

  /// Computes a tile into `out`: column-major, kTile rows (fewer in the last tile).
  static void compute(const CentredSamples& samples, const Tile& at, double* out);

  /// Returns the number of tiles; which one has an index, row by row; and where it starts [doubles].
  [[nodiscard]] static std::size_t n_tiles(std::size_t n);
  [[nodiscard]] static Tile tile_at(std::size_t index);
  [[nodiscard]] static std::size_t offset(const Tile& at) {
    return (at.row * (at.row + 1) / 2 + at.column) * kTile * kTile;
  }
  [[nodiscard]] static std::size_t bytes(std::size_t n);

  [[nodiscard]] double* tile(const Tile& at) { return values_ + offset(at); }
  [[nodiscard]] const double* tile(const Tile& at) const { return values_ + offset(at); }
  /// Reads the products of sample i with `others`, in any order. Shapes: out has as many entries as others.
  void gather(std::size_t i, std::span<const core::Index> others, std::span<double> out) const;

 private:
  std::size_t n_;
  AlignedDoubles own_;
  std::optional<core::NodeSlots::Hold> shared_;
  double* values_;
};

}  // namespace gridmill::models::svm
