#include "models/svm/solver/first_steps.hpp"

#include <utility>

namespace gridmill::models::svm {

void FirstSteps::forget() {
  known_.clear();
  taken_ = 0;
}

SmoSolution FirstSteps::solve(const SmoProblem& problem, ProblemRows& rows, SmoOptions options) {
  if (rows.size() >= kSmallProblem) return svm::solve(problem, rows, options);
  std::vector<core::Index> positions(rows.positions().begin(), rows.positions().end());
  const auto known = known_.find(positions);
  const std::size_t needed = positions.size() * (2 * sizeof(double) + sizeof(core::Index));
  options.keep_state = known != known_.end() || needed <= bytes_ - taken_;
  const bool goes_on = known != known_.end() && leads_to(known->second, problem, options);
  SmoSolution solution =
      goes_on ? svm::solve(problem, rows, options, known->second) : svm::solve(problem, rows, options);
  if (!solution.state) return solution;
  if (known == known_.end()) taken_ += needed;
  known_.insert_or_assign(std::move(positions), *std::exchange(solution.state, std::nullopt));
  return solution;
}

}  // namespace gridmill::models::svm
