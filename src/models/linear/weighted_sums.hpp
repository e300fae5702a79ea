#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "models/linear/samples.hpp"

namespace gridmill::models::linear {

/// Of sparse samples a Gram is made up to this size: it is never sparse.
constexpr std::size_t kLargestSparseGram = 2000;

/// Where the sums of samples are taken about: near their mean, so that little cancels when they are centred.
struct Shift {
  arma::vec x;  // n_features
  double y = 0;
};

/// Returns the plain mean of `rows`; of sparse samples 0, and 0 for both where `centred` is not asked for.
Shift shift_of(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows, bool centred);

/// Weighted sums over samples, of x and y less a shift.
struct WeightedSums {
  double weight = 0;
  arma::vec x;  // n_features
  double y = 0;
  core::Matrix xx;  // n_features x n_features
  arma::vec xy;     // n_features
  double yy = 0;

  /// Takes away the sums over some of the samples.
  WeightedSums& operator-=(const WeightedSums& part);
};

/// Returns the sums over `rows`, each with its weight in `data`. Deterministic. Cost: O(rows x n_features^2).
WeightedSums sums_of(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows,
                     const Shift& shift);

/// What the least squares of some samples come to: gram w = products, for x and y less their weighted means.
struct NormalEquations {
  double weight = 0;          // of all samples
  arma::vec mean;             // of x; 0 without intercept
  double target_mean = 0;     // of y; 0 without intercept
  core::Matrix gram;          // n_features x n_features; 0 in the rows of features that are constant
  arma::vec products;         // n_features: of x and y
  double target_squares = 0;  // of y

  /// Returns the intercept that belongs to `coefficients`.
  [[nodiscard]] double intercept(const arma::vec& coefficients) const {
    return target_mean - arma::dot(mean, coefficients);
  }
};

/// Centres sums, or, without an intercept, takes them as they are.
NormalEquations normal_equations(WeightedSums sums, const Shift& shift, bool fit_intercept);

/// Returns the rows of [0, n) that are not among `rows`, which ascend or not.
std::vector<core::Index> other_rows(std::span<const core::Index> rows, std::size_t n);

}  // namespace gridmill::models::linear
