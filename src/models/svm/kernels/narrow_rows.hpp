#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/svm/kernels/aligned_memory.hpp"
#include "models/svm/kernels/kernel.hpp"
#include "models/svm/kernels/kernel_rows.hpp"
#include "models/svm/kernels/pair_products.hpp"
#include "models/svm/kernels/row_slots.hpp"
#include "models/svm/kernels/sample_columns.hpp"

namespace gridmill::models::svm {

/// Rows computed when asked for, of full samples with few features: one after the other, and of each only pieces with
/// columns that are wanted. As many as there is room for are kept, the least recently used one goes first. Bits do not
/// depend on any of that, and are those of Gram.
class NarrowRows final : public KernelRows {
 public:
  /// Says whether rows of such samples are better computed here than together with others.
  [[nodiscard]] static bool suits(const CentredSamples& samples, std::size_t bytes);

  /// Takes `bytes` for all it keeps, but for the least there must be.
  NarrowRows(std::shared_ptr<const CentredSamples> samples, const Kernel& kernel, std::size_t bytes);
  /// Takes the memory of a Gram, which is touched only where rows are kept. `memory`: what an earlier one released, or
  /// null. The samples must suit it.
  NarrowRows(std::shared_ptr<const CentredSamples> samples, const Kernel& kernel, AlignedFloats memory);

  /// Gives up the memory of a Gram, or null if it has none; no row can be read any more.
  [[nodiscard]] AlignedFloats release();

  void want(std::span<const CentredSamples::Run> columns) override { wanted_ = pieces_of(columns); }
  const float* row(std::size_t position) override;
  [[nodiscard]] bool computes() const override { return true; }
  [[nodiscard]] std::size_t n_computed() const override { return n_computed_; }
  void read(std::span<const core::Index> positions, const Entries& entries, const Reader& read) override;

 private:
  using Pieces = std::uint64_t;  // one bit each

  NarrowRows(std::shared_ptr<const CentredSamples> samples, const Kernel& kernel);
  /// Keeps what fits into `bytes` beside the turned samples and the row that is read once.
  void reserve(std::size_t bytes);
  [[nodiscard]] Pieces pieces_of(std::span<const CentredSamples::Run> columns) const;
  void compute(std::size_t position, Pieces pieces, float* out);

  std::shared_ptr<const CentredSamples> samples_;
  Kernel kernel_;
  SampleColumns columns_;
  std::size_t piece_;  // columns of a piece: so many that there are at most 64
  Pieces wanted_ = ~Pieces{0};
  RowSlots slots_;
  bool has_gram_memory_ = false;
  std::vector<Pieces> computed_;  // by position, of rows that are kept
  std::vector<double> products_;  // of neighbouring pieces
  AlignedFloats read_once_;       // one row
  std::size_t n_computed_ = 0;
};

/// Returns rows computed when asked for, in the way that suits the samples. `bytes`: for what is kept.
[[nodiscard]] std::unique_ptr<KernelRows> rows_on_demand(std::shared_ptr<const CentredSamples> samples,
                                                         const Kernel& kernel, std::size_t bytes);

}  // namespace gridmill::models::svm
