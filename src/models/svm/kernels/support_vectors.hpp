#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "core/matrix.hpp"
#include "core/sparse.hpp"
#include "models/svm/kernels/kernel.hpp"

namespace gridmill::models::svm {

/// The support vectors of a model, in the form of the data it was fitted to: in full or without their 0s.
class SupportVectors {
 public:
  SupportVectors() = default;
  /// Shapes: n_features x n_support.
  explicit SupportVectors(core::Matrix full) : full_(std::move(full)) {}
  explicit SupportVectors(core::SparseMatrix sparse);

  [[nodiscard]] bool is_sparse() const { return is_sparse_; }
  [[nodiscard]] std::size_t n() const { return is_sparse_ ? sparse_.start.size() - 1 : full_.n_cols; }
  [[nodiscard]] std::size_t n_features() const { return is_sparse_ ? sparse_.n_features : full_.n_rows; }
  /// Returns those at `places`, in that order.
  [[nodiscard]] SupportVectors at(std::span<const std::size_t> places) const;

  /// Calls read(s, kernel) for one sample s of x after the other with its kernel with each vector, in double.
  ///
  /// Full vectors: libsvm's sums, in its order. Sparse ones are read once for a block of samples, and a NaN anywhere in
  /// a sample makes all its kernels NaN. A sample's numbers depend neither on the others nor on the form of x. Shapes:
  /// x has n_features() features. Cost: for each sample O(entries kept + n_features).
  using Reader = std::function<void(std::size_t s, std::span<const double> kernel)>;
  void for_each_kernel(const Kernel& kernel, const core::MatrixView& x, const Reader& read) const;
  void for_each_kernel(const Kernel& kernel, const core::SparseView& x, const Reader& read) const;

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
  core::Matrix full_;
  core::SparseMatrix sparse_;
  std::vector<double> norm_;  // of sparse ones, squared
  bool is_sparse_ = false;
};

}  // namespace gridmill::models::svm
