#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "core/matrix.hpp"
#include "core/sparse.hpp"
#include "models/svm/kernel.hpp"

namespace gridmill::models::svm {

/// The support vectors of a model, in the form of the data it was fitted to: in full or without their 0s.
class SupportVectors {
 public:
  SupportVectors() = default;
  /// Shapes: n_features x n_support.
  explicit SupportVectors(core::Matrix full) : full_(std::move(full)) {}
  explicit SupportVectors(core::SparseMatrix sparse) : sparse_(std::move(sparse)), is_sparse_(true) {}

  [[nodiscard]] bool is_sparse() const { return is_sparse_; }
  [[nodiscard]] std::size_t n() const { return is_sparse_ ? sparse_.start.size() - 1 : full_.n_cols; }
  [[nodiscard]] std::size_t n_features() const { return is_sparse_ ? sparse_.n_features : full_.n_rows; }

  /// Computes the kernel of the sample x with each support vector, in double. Full vectors: libsvm's sums, in its
  /// order. Shapes: x has n_features entries, out n. Cost: O(entries kept + n_features).
  void kernel_with(const Kernel& kernel, std::span<const double> x, std::span<double> out) const;

  /// Calls entry(feature, value) for each entry of vector v that is not 0, by ascending feature.
  template <class Entry>
  void for_each_entry(std::size_t v, const Entry& entry) const {
    if (is_sparse_) {
      const core::SparseView all = sparse_.view();
      const core::SparseSample own = all.sample(v);
      for (std::size_t e = 0; e < own.value.size(); ++e) entry(std::size_t{own.feature[e]}, own.value[e]);
      return;
    }
    for (std::size_t f = 0; f < full_.n_rows; ++f) {
      if (full_(f, v) != 0) entry(f, full_(f, v));
    }
  }

 private:
  void sparse_kernel_with(const Kernel& kernel, std::span<const double> x, std::span<double> out) const;

  core::Matrix full_;
  core::SparseMatrix sparse_;
  bool is_sparse_ = false;
};

}  // namespace gridmill::models::svm
