#pragma once

#include <span>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "models/linear/samples.hpp"

namespace gridmill::models::linear {

/// What fits to training rows know of them before they multiply features.
struct WeightedRows {
  arma::vec weights;       // by row
  double weight = 0;       // of all rows
  arma::vec mean;          // n_features, weighted; 0 without an intercept
  arma::vec targets;       // by row, less target_mean
  double target_mean = 0;  // weighted; 0 without an intercept

  /// Returns the products of the features, less their mean, with the targets: n_features.
  [[nodiscard]] arma::vec products(const Samples& samples, std::span<const core::Index> rows) const;
};

/// Errors: FitError if all rows have weight 0.
WeightedRows weighted_rows(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows,
                           bool fit_intercept);

}  // namespace gridmill::models::linear
