#pragma once

#include <cstddef>
#include <vector>

#include "core/matrix.hpp"
#include "models/svm/kernel_rows.hpp"
#include "models/svm/row_slots.hpp"

namespace gridmill::models::svm {

/// The kernel matrix of one problem: the entries of chosen samples, in the problem's order.
///
/// Rows are copied when first used, run by run of neighbouring positions; a problem that is one run reads the source.
class ProblemRows {
 public:
  /// `positions`: of the problem's samples in `source`, whose order decides ties. A regression names each twice.
  /// `copies` is reset and holds the copies. Both must outlive this.
  ProblemRows(KernelRows& source, std::vector<core::Index> positions, RowSlots& copies);

  [[nodiscard]] std::size_t size() const { return positions_.size(); }
  /// Returns size() entries; valid until the second next call.
  const float* row(std::size_t k);
  /// Returns the kernel of sample k with itself, in double.
  [[nodiscard]] double diagonal(std::size_t k) const { return source_.diagonal()[positions_[k]]; }

 private:
  struct Run {
    std::size_t first;  // position
    std::size_t size;
  };

  KernelRows& source_;
  std::vector<core::Index> positions_;
  std::vector<Run> runs_;
  RowSlots& copies_;
};

}  // namespace gridmill::models::svm
