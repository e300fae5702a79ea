#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "models/svm/kernel_rows.hpp"
#include "models/svm/problem_memory.hpp"

namespace gridmill::models::svm {

/// The kernel matrix of one problem: the entries of chosen samples, in the problem's order.
///
/// Rows are copied when first used, run by run of neighbouring positions; a problem that is one run reads the source.
class ProblemRows {
 public:
  /// `positions`: of the problem's samples in `source`, whose order decides ties. A regression names each twice.
  /// `memory` holds the copies; those of the last problem are used if it had the same positions. Both must outlive
  /// this, and one problem at a time uses the memory.
  ProblemRows(KernelRows& source, std::vector<core::Index> positions, ProblemMemory& memory);

  [[nodiscard]] std::span<const core::Index> positions() const { return positions_; }
  [[nodiscard]] std::size_t size() const { return positions_.size(); }
  /// Returns size() entries and what passes may touch behind them; valid until the second next call.
  const float* row(std::size_t k);
  /// Returns the kernel of sample k with itself, in double.
  [[nodiscard]] double diagonal(std::size_t k) const { return source_.diagonal()[positions_[k]]; }

  /// Chooses the part of the problem that `narrow_row` reads: samples `kept` of the problem, ascending.
  void narrow(std::span<const std::size_t> kept);
  /// Returns the entries of sample kept[k] with the samples kept; valid until the second next call.
  const float* narrow_row(std::size_t k);

  /// Returns sums_k = sum over l of K_kl direction_l; `direction` has size() entries.
  /// Cost: reads the whole matrix, unless the last call for this memory, positions and direction did.
  const std::vector<double>& products_with(const std::vector<double>& direction);

 private:
  struct Run {
    std::size_t first;  // position
    std::size_t size;
  };

  KernelRows& source_;
  std::vector<core::Index> positions_;
  std::vector<Run> runs_;
  std::vector<core::Index> kept_;  // positions
  ProblemMemory& memory_;
};

}  // namespace gridmill::models::svm
