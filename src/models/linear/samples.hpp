#pragma once

#include <cstddef>
#include <span>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "core/prepared_samples.hpp"
#include "core/sparse.hpp"

namespace gridmill::models::linear {

/// Returns the product of a sample and a row of coefficients. Both forms of a sample give the same bits: the terms of a
/// feature go to one of eight sums by its number, and what is 0 adds nothing.
double product(std::span<const double> sample, const double* coefficients);
double product(const core::SparseSample& sample, const double* coefficients);

/// Adds `factor` times `x` to `out`, both of `n` numbers.
void add_scaled(const double* x, double factor, std::size_t n, double* out);

/// Samples of a dataset in either form; a cheap value. `data` and what was prepared must outlive it.
class Samples {
 public:
  Samples(const core::Dataset& data, const core::PreparedSamples& prepared)
      : dense_(prepared.view(data)), sparse_(prepared.sparse_view(data)), is_sparse_(prepared.is_sparse(data)) {}

  [[nodiscard]] bool is_sparse() const { return is_sparse_; }
  [[nodiscard]] std::size_t n_samples() const { return is_sparse_ ? sparse_.n_samples() : dense_.n_samples; }
  [[nodiscard]] std::size_t n_features() const { return is_sparse_ ? sparse_.n_features : dense_.n_features; }
  [[nodiscard]] core::SparseSample sparse(core::Index row) const { return sparse_.sample(row); }
  [[nodiscard]] std::span<const double> dense(core::Index row) const { return dense_.sample(row); }

  /// Returns the product of a sample and `coefficients` (n_features).
  [[nodiscard]] double product(core::Index row, const double* coefficients) const {
    return is_sparse_ ? linear::product(sparse(row), coefficients) : linear::product(dense(row), coefficients);
  }
  /// Adds `factor` times a sample to `out` (n_features).
  void add_to(core::Index row, double factor, double* out) const;
  /// Returns one feature of a sample.
  [[nodiscard]] double value(core::Index row, std::size_t feature) const;

 private:
  core::MatrixView dense_;
  core::SparseView sparse_;
  bool is_sparse_;
};

}  // namespace gridmill::models::linear
