#pragma once

#include <vector>

#include "core/matrix.hpp"
#include "models/svm/solver/smo.hpp"

namespace gridmill::models::svm::test {

struct ReferenceSolution {
  std::vector<double> coefficient;  // y alpha, by sample
  double rho = 0;
  double objective = 0;
};

/// Solves a classification problem with libsvm on a given kernel matrix (its PRECOMPUTED kernel, no shrinking).
/// Samples are in the problem's order: all of +1, then all of -1. `upper` is the same for each sign.
ReferenceSolution libsvm_solve(const core::Matrix& kernel, const SmoProblem& problem, double tolerance);

}  // namespace gridmill::models::svm::test
