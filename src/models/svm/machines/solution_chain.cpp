#include "models/svm/machines/solution_chain.hpp"

#include <algorithm>
#include <cmath>

namespace gridmill::models::svm {

namespace {

/// The factor between all old and new bounds, if it is one.
std::optional<double> common_factor(const std::vector<double>& old_upper, const std::vector<double>& upper) {
  constexpr double kRounding = 1e-12;
  const double factor = upper.front() / old_upper.front();
  for (std::size_t k = 0; k < upper.size(); ++k) {
    if (std::abs(upper[k] - factor * old_upper[k]) > kRounding * upper[k]) return std::nullopt;
  }
  return factor;
}

SmoStart scaled(const SmoStart& start, double factor, const std::vector<double>& old_upper,
                const std::vector<double>& upper) {
  SmoStart out = start;
  for (std::size_t k = 0; k < upper.size(); ++k) {
    const bool at_bound = start.alpha[k] >= old_upper[k];
    out.alpha[k] = at_bound ? upper[k] : std::min(upper[k], factor * start.alpha[k]);
    out.products[k] *= factor;
  }
  return out;
}

bool within(const SmoStart& start, const std::vector<double>& upper) {
  for (std::size_t k = 0; k < upper.size(); ++k) {
    if (start.alpha[k] > upper[k]) return false;
  }
  return true;
}

/// Whether no variable is free but by rounding.
bool leaves_bias_open(const SmoProblem& problem, const SmoSolution& solution) {
  constexpr double kRounding = 1e-9;
  for (std::size_t k = 0; k < problem.upper.size(); ++k) {
    const double margin = kRounding * problem.upper[k];
    if (solution.alpha[k] > margin && solution.alpha[k] < problem.upper[k] - margin) return false;
  }
  return true;
}

}  // namespace

SmoSolution solve_warm(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options,
                       const std::optional<SmoStart>& start, const std::function<std::optional<SmoStart>()>& cold) {
  if (start) {
    SmoSolution solution = solve(problem, rows, options, &*start);
    if (solution.status != FitStatus::ok || !leaves_bias_open(problem, solution)) return solution;
  }
  const std::optional<SmoStart> nothing = cold();
  return solve(problem, rows, options, nothing ? &*nothing : nullptr);
}

void SolutionChain::begin(const std::shared_ptr<KernelMatrix>& matrix, std::string key) {
  if (matrix_.lock() != matrix) forget();
  matrix_ = matrix;
  key_ = std::move(key);
}

void SolutionChain::forget() {
  kept_.clear();
  matrix_.reset();
}

std::optional<SmoStart> SolutionChain::start(std::size_t id, const SmoProblem& problem,
                                             std::span<const core::Index> positions) const {
  const auto found = kept_.find({key_, id});
  if (found == kept_.end() || !std::ranges::equal(found->second.positions, positions)) return std::nullopt;
  const Kept& kept = found->second;
  std::optional<SmoStart> best;
  if (within(kept.end, problem.upper)) best = kept.end;
  if (const auto factor = common_factor(kept.upper, problem.upper)) {
    SmoStart other = scaled(kept.end, *factor, kept.upper, problem.upper);
    if (!best || objective_at(problem, other) < objective_at(problem, *best)) best = std::move(other);
  }
  return best;
}

void SolutionChain::keep(std::size_t id, const SmoProblem& problem, std::span<const core::Index> positions,
                         const SmoSolution& solution) {
  kept_.insert_or_assign({key_, id}, Kept{.positions = {positions.begin(), positions.end()},
                                          .upper = problem.upper,
                                          .end = {.alpha = solution.alpha, .products = solution.products}});
}

double objective_at(const SmoProblem& problem, const SmoStart& start) {
  double sum = 0;
  for (std::size_t k = 0; k < start.alpha.size(); ++k) {
    sum += start.alpha[k] * (problem.y[k] * start.products[k] / 2 + problem.linear[k]);
  }
  return sum;
}

std::optional<SmoStart> repaired_start(const SmoProblem& problem, std::vector<double> alpha, ProblemRows& rows) {
  double positive = 0;
  double negative = 0;
  for (std::size_t k = 0; k < alpha.size(); ++k) {
    alpha[k] = std::clamp(alpha[k], 0.0, problem.upper[k]);
    (problem.y[k] > 0 ? positive : negative) += alpha[k];
  }
  const double least = std::min(positive, negative);
  SmoStart start{.alpha = std::move(alpha), .products = std::vector<double>(rows.size(), 0.0)};
  std::vector<ProblemRows::Addend> addends;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const double side = problem.y[k] > 0 ? positive : negative;
    if (side > least) start.alpha[k] *= least / side;
    if (start.alpha[k] > 0) addends.push_back({.factor = problem.y[k] * start.alpha[k], .k = k});
  }
  if (!rows.add_rows(addends, start.products)) return std::nullopt;
  return start;
}

}  // namespace gridmill::models::svm
