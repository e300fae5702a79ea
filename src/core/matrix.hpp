#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <armadillo>

namespace gridmill::core {

/// Features x samples, column-major: one sample is one contiguous column. Armadillo's memory is then the
/// C-order samples x features block of HDF5 and of XGBoost; nothing is ever transposed.
using Matrix = arma::mat;

/// The position of a sample in a Dataset.
using Index = std::uint32_t;

/// A Matrix that somebody else owns (a Dataset's memory may be shared by all ranks of a node).
struct MatrixView {
  const double* data = nullptr;
  std::size_t n_features = 0;
  std::size_t n_samples = 0;

  MatrixView() = default;
  MatrixView(const double* values, std::size_t features, std::size_t samples)
      : data(values), n_features(features), n_samples(samples) {}
  MatrixView(const Matrix& matrix)  // NOLINT(google-explicit-constructor): a view of it, as span does
      : data(matrix.memptr()), n_features(matrix.n_rows), n_samples(matrix.n_cols) {}

  [[nodiscard]] std::span<const double> sample(std::size_t i) const { return {data + i * n_features, n_features}; }
};

}  // namespace gridmill::core
