#pragma once

#include <cstddef>
#include <optional>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "models/linear/ridge_system.hpp"
#include "models/linear/samples.hpp"
#include "models/linear/weighted_sums.hpp"

namespace gridmill::models::linear {

/// Ridge regressions on all samples but one, by the exact formula: what a sample's own error becomes without it follows
/// from the regression on all samples, of which there is one decomposition. `data` and `whole` must outlive it.
class LeaveOneOut {
 public:
  LeaveOneOut(const core::Dataset& data, const NormalEquations& whole, bool fit_intercept)
      : data_(data), samples_(data, {}), whole_(whole), fit_intercept_(fit_intercept) {}

  /// The regression without one sample, in the directions of the spectrum.
  struct Left {
    double prediction = 0;  // at the sample left out
    double target_mean = 0;
    arma::vec rotated;  // coefficients
  };
  /// Returns nothing where the formula would lose digits, as the sample alone decides about its own prediction, or the
  /// decomposition would.
  [[nodiscard]] std::optional<Left> fit(core::Index row, double alpha);
  [[nodiscard]] RidgeSolution solution(const Left& left) const;

 private:
  void look_at(core::Index row);

  const core::Dataset& data_;
  Samples samples_;
  const NormalEquations& whole_;
  bool fit_intercept_;
  std::optional<Spectrum> spectrum_;
  arma::vec products_;  // of the whole regression, in the spectrum's directions
  std::optional<core::Index> row_;
  arma::vec sample_;  // row_ less the mean, in those directions
};

}  // namespace gridmill::models::linear
