#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "core/matrix.hpp"
#include "models/svm/solver/problem_rows.hpp"
#include "models/svm/solver/smo.hpp"

namespace gridmill::models::svm {

/// The first steps of small problems (below kSmallProblem), as long as they meet no upper bound: they are the same
/// whatever the bounds, so that a fit with a greater C goes on from where one with a smaller C met its first.
///
/// All problems are classifications on one kernel matrix whose labels follow from their positions, as those of pairs of
/// classes do. No solution depends on what is found here, nor does its certificate.
class FirstSteps {
 public:
  /// About `bytes` are kept at most; problems that come when there is no room are solved from nothing.
  explicit FirstSteps(std::size_t bytes) : bytes_(bytes) {}

  /// To be called before problems on another kernel matrix.
  void forget();

  /// Returns what svm::solve returns without a start. Errors: likewise.
  SmoSolution solve(const SmoProblem& problem, ProblemRows& rows, SmoOptions options);

 private:
  std::map<std::vector<core::Index>, SmoState> known_;  // by positions
  std::size_t bytes_;
  std::size_t taken_ = 0;
};

}  // namespace gridmill::models::svm
