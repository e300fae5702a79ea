#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/node_slots.hpp"
#include "models/svm/kernels/aligned_memory.hpp"
#include "models/svm/kernels/kernel.hpp"
#include "models/svm/kernels/pair_products.hpp"
#include "models/svm/kernels/row_slots.hpp"
#include "models/svm/kernels/sample_block.hpp"

namespace gridmill::models::svm {

/// Rows of the kernel matrix of all samples, in float32 (each entry the double value rounded, as in libsvm).
class KernelRows {
 public:
  virtual ~KernelRows() = default;

  /// Says which runs of columns are read of rows that are asked for from now on; at first all are. Runs may end behind
  /// the last column.
  virtual void want(std::span<const CentredSamples::Run> /*columns*/) {}
  /// Returns n entries of the row of `position`, of which those wanted hold what they should; valid until the second
  /// next call.
  virtual const float* row(std::size_t position) = 0;
  /// Says that the row of `position` will be asked for soon.
  virtual void expect(std::size_t /*position*/) {}
  /// Returns how many rows ahead expect() is worth while.
  [[nodiscard]] virtual std::size_t foresight() const { return 0; }
  /// Says whether rows are computed when they are asked for.
  [[nodiscard]] virtual bool computes() const { return false; }
  /// Returns how many entries have been.
  [[nodiscard]] virtual std::size_t n_computed() const { return 0; }
  /// Says whether the row of `position` would have to be computed, and there is room for others to be computed with it
  /// that are only likely to be asked for: expect() may then be a guess.
  [[nodiscard]] virtual bool takes_guesses(std::size_t /*position*/) const { return false; }

  /// Entries in some runs of columns of a row, or only those from the row's own position on.
  struct Entries {
    std::span<const CentredSamples::Run> runs;
    enum class Part { all, from_own } part = Part::all;
  };
  using Reader = std::function<void(std::size_t k, const float* row)>;
  /// Reads rows that will not soon be wanted again: calls read(k, row) for each of `positions`, in order. Only the
  /// `entries` of a row hold what they should; others of its n are finite. `read` must not ask for rows itself.
  virtual void read(std::span<const core::Index> positions, const Entries& entries, const Reader& read) = 0;
  /// Returns the kernel of each sample with itself, in double.
  [[nodiscard]] const std::vector<double>& diagonal() const { return diagonal_; }
  [[nodiscard]] std::size_t n() const { return diagonal_.size(); }
  /// Says whether all entries are within 0 and 1, and no vector but for rounding has a negative product with the matrix
  /// times itself.
  [[nodiscard]] bool is_bounded_and_definite() const { return bounded_and_definite_; }

 protected:
  explicit KernelRows(std::vector<double> diagonal) : diagonal_(std::move(diagonal)) {}
  /// Those of samples.
  KernelRows(const CentredSamples& samples, const Kernel& kernel);

 private:
  std::vector<double> diagonal_;
  bool bounded_and_definite_ = false;
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
  Gram(const CentredSamples& samples, const Kernel& kernel, core::NodeSlots::Hold shared);

  /// Says whether others of the node may wait until this lets go of its memory.
  [[nodiscard]] bool is_shared() const { return shared_.has_value(); }
  /// Gives up its own memory (null if it is shared); no row can be read any more.
  [[nodiscard]] AlignedFloats release() { return std::move(own_); }

  const float* row(std::size_t position) override { return values_ + position * stride_; }
  void expect(std::size_t position) override;
  [[nodiscard]] std::size_t foresight() const override { return 2; }
  void read(std::span<const core::Index> positions, const Entries& entries, const Reader& read) override;
  [[nodiscard]] static std::size_t bytes(std::size_t n);

 private:
  std::size_t stride_;
  AlignedFloats own_;
  std::optional<core::NodeSlots::Hold> shared_;
  const float* values_;
};

/// Rows computed when asked for, of samples that are sparse or have many features, together with those that are
/// expected: the samples are then read once for all of them. As many as fit into `bytes` are kept, the least recently
/// used one goes first. Bits do not depend on any of that, and are those of Gram.
class RowCache final : public KernelRows {
 public:
  RowCache(std::shared_ptr<const CentredSamples> samples, const Kernel& kernel, std::size_t bytes);

  const float* row(std::size_t position) override;
  void expect(std::size_t position) override;
  [[nodiscard]] std::size_t foresight() const override { return width_ - 1; }
  [[nodiscard]] bool computes() const override { return true; }
  [[nodiscard]] std::size_t n_computed() const override { return n_computed_; }
  [[nodiscard]] bool takes_guesses(std::size_t position) const override {
    return is_far(position) && !slots_.is_full();  // a row that is given up for a guess is missed more often
  }
  void read(std::span<const core::Index> positions, const Entries& entries, const Reader& read) override;

 private:
  [[nodiscard]] bool is_far(std::size_t position) const { return slots_.find(position) == nullptr; }
  /// Computes entries of at most width_ rows, those from column `first` on.
  void compute(std::span<const core::Index> positions, std::span<const CentredSamples::Run> runs, std::size_t first,
               std::span<float* const> out);

  std::shared_ptr<const CentredSamples> samples_;
  Kernel kernel_;
  std::size_t width_;  // rows computed together at most
  RowSlots slots_;
  std::vector<core::Index> expected_;  // positions that were not kept then
  SampleBlock block_;
  std::vector<double> products_;  // of a few samples with the block
  AlignedFloats read_once_;       // width_ rows
  std::size_t n_computed_ = 0;
};

}  // namespace gridmill::models::svm
