#pragma once

#include <cstddef>
#include <vector>

#include "core/matrix.hpp"
#include "models/svm/row_slots.hpp"

namespace gridmill::models::svm {

/// What the problems of a bundle, one after the other, leave to each other: memory, and while kernel and samples
/// stay the same, copies of rows and sums over them. A result never depends on what is found here.
struct ProblemMemory {
  /// At most `bytes` are taken for copies of rows.
  explicit ProblemMemory(std::size_t bytes) : copies(bytes / 2), narrow_copies(bytes / 2) {}

  /// To be called before the kernel matrix that was read last goes away.
  void forget() { positions.clear(); }

  std::vector<core::Index> positions;  // of the last problem in the last kernel matrix; empty: none
  RowSlots copies;                     // rows of that problem
  RowSlots narrow_copies;              // rows of parts of problems; never found again
  std::vector<double> direction;       // empty, or the last d for which
  std::vector<double> sums;            //   K d was computed, for that problem
};

}  // namespace gridmill::models::svm
