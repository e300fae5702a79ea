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

/// Says whether a few rows show already that the curvature along `direction` is at least `least`, so that no rounding
/// makes the matrix tell otherwise.
///
/// The curvature is |v|^2 for the sum v of the direction's samples in the space of the kernel, and at least (v.u)^2 /
/// |u|^2 for the sum u of any of them. Samples of which u is made: more and more, as long as their rows cost little
/// beside half the matrix.
bool is_surely_curved(ProblemRows& rows, const std::vector<double>& direction, double least) {
  constexpr std::size_t kFewest = 32;
  constexpr std::size_t kMostParts = 4;
  constexpr double kRounding = 0x1p-22;  // of an entry and of the sums, with a margin
  const std::size_t n = direction.size();
  double whole = 0;  // sum of all magnitudes
  for (const double entry : direction) whole += std::abs(entry);
  for (std::size_t chosen = kFewest; chosen * kMostParts <= n; chosen *= 4) {
    std::vector<ProblemRows::Addend> addends;
    std::vector<double> products(n, 0.0);
    double part = 0;
    for (std::size_t c = 0; c < chosen; ++c) {
      const std::size_t k = c * n / chosen;
      addends.push_back({.factor = direction[k], .k = k});
      part += std::abs(direction[k]);
    }
    if (!rows.add_rows(addends, products)) return false;
    double along = -kRounding * part * whole;
    for (std::size_t k = 0; k < n; ++k) along += direction[k] * products[k];
    double own = kRounding * part * part;
    for (const ProblemRows::Addend& addend : addends) own += addend.factor * products[addend.k];
    if (along > 0 && along * along / own - kRounding * whole * whole >= least) return true;
  }
  return false;
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
  double slope = 0;
  for (const double each : share) slope += each;
  const bool asks_few_first = rows.computes() && rows.is_bounded_and_definite() && !rows.knows_products_with(direction);
  if (asks_few_first && is_surely_curved(rows, direction, slope / scale)) return std::nullopt;
  const std::vector<double>* found = rows.products_with(direction);
  if (found == nullptr) return std::nullopt;
  const std::vector<double>& products = *found;
  double curvature = 0;
  for (std::size_t k = 0; k < n; ++k) curvature += direction[k] * products[k];
  if (!(scale * curvature < slope)) return std::nullopt;
  SmoStart start{.alpha = problem.upper, .products = products};
  for (double& product : start.products) product *= scale;
  if (!balance(problem, share, rows, start)) return std::nullopt;
  return start;
}

}  // namespace gridmill::models::svm
