#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "core/sparse.hpp"

namespace gridmill::core {

/// All samples of a Dataset as the steps before a model leave them, in the Dataset's order; a cheap value.
struct PreparedSamples {
  std::shared_ptr<const Matrix> x = nullptr;  // n_features x n_samples, of as many as the steps leave; null: see
                                              // `sparse`
  std::shared_ptr<const SparseMatrix> sparse = nullptr;  // the same with its 0s left out; null as well: the Dataset's
                                                         // own, which may be sparse
  std::uint64_t key = 0;  // samples with equal keys from one prepare::Preparer are equal; 0: the Dataset's own
  std::shared_ptr<const std::vector<std::string>> names = nullptr;  // of the features; null: the Dataset's own

  /// Returns what the features are called.
  [[nodiscard]] std::span<const std::string> feature_names(const Dataset& data) const {
    return names == nullptr ? std::span<const std::string>(data.feature_names) : *names;
  }
  [[nodiscard]] bool are_own() const { return x == nullptr && sparse == nullptr; }
  [[nodiscard]] bool is_sparse(const Dataset& data) const { return are_own() ? data.is_sparse() : x == nullptr; }
  /// Returns the samples where they are sparse.
  [[nodiscard]] SparseView sparse_view(const Dataset& data) const {
    return are_own() ? data.sparse : sparse == nullptr ? SparseView{} : sparse->view();
  }
  /// Returns them where they are not.
  [[nodiscard]] MatrixView view(const Dataset& data) const {
    return are_own() ? data.x : x == nullptr ? MatrixView{} : MatrixView(*x);
  }
};

}  // namespace gridmill::core
