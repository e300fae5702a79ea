#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/matrix.hpp"
#include "models/svm/machines/shared_kernels.hpp"
#include "models/svm/solver/problem_rows.hpp"
#include "models/svm/solver/smo.hpp"

namespace gridmill::models::svm {

/// What the fits of a bundle have found, for those that follow on the same kernel matrix: where to start.
///
/// Each fit has one problem or several (pairs of classes), numbered from 0. Solutions are kept by a text that is equal
/// for fits whose bounds differ by a factor only.
class SolutionChain {
 public:
  /// Starts a fit on `matrix`; forgets everything if that is not the matrix of the last fit.
  void begin(const std::shared_ptr<KernelMatrix>& matrix, std::string key);
  void forget();

  /// Returns where problem `id` of this fit, of samples `positions`, starts: the better in objective of the last
  /// solution as it is and scaled to the new bounds; nothing if neither is within them. Cost: O(n).
  [[nodiscard]] std::optional<SmoStart> start(std::size_t id, const SmoProblem& problem,
                                              std::span<const core::Index> positions) const;
  /// Keeps the solution of problem `id`; it must hold its products.
  void keep(std::size_t id, const SmoProblem& problem, std::span<const core::Index> positions,
            const SmoSolution& solution);

 private:
  struct Kept {
    std::vector<core::Index> positions;
    std::vector<double> upper;
    SmoStart end;
  };

  std::weak_ptr<const KernelMatrix> matrix_;  // is not to keep its memory
  std::string key_;
  std::map<std::pair<std::string, std::size_t>, Kept> kept_;
};

/// Solves the problem from `start`, or from `cold` if there is none, or if the end leaves the bias open.
///
/// Where all variables end at a bound (to rounding), any bias of an interval is optimal, and scores may hang on which
/// one it is. Only the steps from the cold start lead to libsvm's; there are few of them then.
SmoSolution solve_warm(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options,
                       const std::optional<SmoStart>& start, const std::function<std::optional<SmoStart>()>& cold);

/// Returns the objective at a start. Cost: O(n).
double objective_at(const SmoProblem& problem, const SmoStart& start);

/// Returns a start made of any alphas >= 0: cut off at the bounds, those of the side with the greater sum lowered in
/// proportion until y'a = 0; nothing if the deadline of `rows` passes. Cost: a row of the matrix for each that is not
/// 0.
std::optional<SmoStart> repaired_start(const SmoProblem& problem, std::vector<double> alpha, ProblemRows& rows);

}  // namespace gridmill::models::svm
