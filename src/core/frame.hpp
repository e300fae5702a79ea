#pragma once

#include <cstddef>
#include <span>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "core/sparse.hpp"
#include "core/words.hpp"

namespace gridmill::core {

/// Rows as the steps before a model see them: columns that each hold values of one type.
/// A cheap value: the columns belong to somebody else, a Dataset for one.
struct Frame {
  MatrixView numbers;                 // n_features x n_rows, also where there are none; NaN = missing
  std::span<const Words> words = {};  // each of n_rows
  SparseView sparse = {};             // what steps have left without its 0s: `numbers` are empty then; else no matrix

  [[nodiscard]] bool is_sparse() const { return !sparse.start.empty(); }
  [[nodiscard]] std::size_t n_rows() const { return is_sparse() ? sparse.n_samples() : numbers.n_samples; }
};

/// Returns the samples of a dataset that is not sparse.
inline Frame frame_of(const Dataset& data) { return {.numbers = data.x, .words = data.words}; }

}  // namespace gridmill::core
