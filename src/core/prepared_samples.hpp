#pragma once

#include <cstdint>
#include <memory>

#include "core/dataset.hpp"
#include "core/matrix.hpp"

namespace gridmill::core {

/// All samples of a Dataset as the steps before a model leave them, in the Dataset's order; a cheap value.
struct PreparedSamples {
  std::shared_ptr<const Matrix> x;  // n_features x n_samples; null: the Dataset's own, which may be sparse
  std::uint64_t key = 0;  // samples with equal keys from one prepare::Preparer are equal; 0: the Dataset's own

  [[nodiscard]] MatrixView view(const Dataset& data) const { return x == nullptr ? data.x : MatrixView(*x); }
};

}  // namespace gridmill::core
