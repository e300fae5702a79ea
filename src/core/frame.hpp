#pragma once

#include <cstddef>

#include "core/matrix.hpp"

namespace gridmill::core {

/// Rows as the steps before a model see them: columns that each hold values of one type. So far all are numbers.
/// A cheap value: the columns belong to somebody else, a Dataset for one.
struct Frame {
  MatrixView numbers;  // n_features x n_rows; NaN = missing

  [[nodiscard]] std::size_t n_rows() const { return numbers.n_samples; }
};

}  // namespace gridmill::core
