#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"

namespace gridmill::core {

/// All samples of a Dataset as the steps before a model leave them, in the Dataset's order; a cheap value.
struct PreparedSamples {
  std::shared_ptr<const Matrix> x;  // n_features x n_samples, of as many as the steps
                                    // leave; null: the Dataset's own, which may be sparse
  std::uint64_t key = 0;  // samples with equal keys from one prepare::Preparer are equal; 0: the Dataset's own
  std::shared_ptr<const std::vector<std::string>> names = nullptr;  // of the features of x; null: the Dataset's own

  /// Returns what the features are called.
  [[nodiscard]] std::span<const std::string> feature_names(const Dataset& data) const {
    return names == nullptr ? std::span<const std::string>(data.feature_names) : *names;
  }
  [[nodiscard]] MatrixView view(const Dataset& data) const { return x == nullptr ? data.x : MatrixView(*x); }
};

}  // namespace gridmill::core
