#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix.hpp"

namespace gridmill::models::svm {

/// P(positive | decision value f) = 1 / (1 + exp(a f + b)).
struct Sigmoid {
  double a = 0;
  double b = 0;

  [[nodiscard]] double probability(double decision) const;
};

/// Fits a sigmoid to decision values by maximum likelihood with Platt's regularised targets.
///
/// Shapes: all have n entries; `weight` may be empty (all 1). `positive`: 1 for the positive class, else 0.
/// Deterministic. Cost: O(n) for each of at most 100 Newton steps.
/// Source: Lin, Lin, Weng: A note on Platt's probabilistic outputs (2007); targets and weights as in scikit-learn
/// 1.2.1's _SigmoidCalibration, whose BFGS stops earlier: the two agree to about 1e-5.
Sigmoid fit_sigmoid(std::span<const double> decision, std::span<const double> positive, std::span<const double> weight);

/// Turns decision values into probabilities as scikit-learn's calibrated classifiers do: one sigmoid for two classes,
/// else one per class, normalised to sum 1 (uniform if all are 0).
///
/// Shapes: decision is 1 x n or k x n with as many sigmoids as rows; returns 2 x n or k x n.
core::Matrix calibrated(std::span<const Sigmoid> sigmoids, const core::Matrix& decision);

/// Returns, for n samples with class codes `y`, the fold of `n_folds` that holds each out:
/// StratifiedKFold without shuffling.
std::vector<std::size_t> stratified_folds(std::span<const double> y, std::size_t n_folds);

}  // namespace gridmill::models::svm
