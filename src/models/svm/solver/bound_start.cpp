#include "models/svm/solver/bound_start.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace gridmill::models::svm {

namespace {

/// Lowers the alphas of the best classified samples of the class with the greater sum of shares until both sums are
/// equal. Works in shares of the bound, which are exact when all bounds are equal. Returns false if time ran out.
bool balance(const SmoProblem& problem, const std::vector<double>& share, ProblemRows& rows, SmoStart& start) {
  double excess = 0;
  for (std::size_t k = 0; k < share.size(); ++k) excess += problem.y[k] * share[k];
  const double larger = excess > 0 ? 1.0 : -1.0;
  excess = std::abs(excess);
  std::vector<std::pair<double, std::size_t>> margins;
  for (std::size_t k = 0; k < share.size(); ++k) {
    if (problem.y[k] == larger) margins.emplace_back(larger * start.products[k], k);
  }
  std::ranges::make_heap(margins);
  std::vector<ProblemRows::Addend> addends;
  while (excess > 0 && !margins.empty()) {
    std::ranges::pop_heap(margins);
    const std::size_t k = margins.back().second;
    margins.pop_back();
    const double taken = std::min(share[k], excess);
    excess -= taken;
    const double old = start.alpha[k];
    start.alpha[k] = old * (1 - taken / share[k]);
    addends.push_back({.factor = larger * (start.alpha[k] - old), .k = k});
  }
  return rows.add_rows(addends, start.products);
}

}  // namespace

std::optional<SmoStart> start_at_bound(const SmoProblem& problem, ProblemRows& rows) {
  const std::size_t n = rows.size();
  if (n < kSmallProblem) return std::nullopt;
  const double scale = *std::ranges::max_element(problem.upper);
  std::vector<double> share(n);
  std::vector<double> direction(n);
  for (std::size_t k = 0; k < n; ++k) {
    share[k] = problem.upper[k] / scale;
    direction[k] = problem.y[k] * share[k];
  }
  const std::vector<double>* found = rows.products_with(direction);
  if (found == nullptr) return std::nullopt;
  const std::vector<double>& products = *found;
  double slope = 0;
  double curvature = 0;
  for (std::size_t k = 0; k < n; ++k) {
    slope += share[k];
    curvature += direction[k] * products[k];
  }
  if (!(scale * curvature < slope)) return std::nullopt;
  SmoStart start{.alpha = problem.upper, .products = products};
  for (double& product : start.products) product *= scale;
  if (!balance(problem, share, rows, start)) return std::nullopt;
  return start;
}

}  // namespace gridmill::models::svm
