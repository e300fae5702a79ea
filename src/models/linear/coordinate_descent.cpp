#include "models/linear/coordinate_descent.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace gridmill::models::linear {

namespace {

/// A matrix of more coefficients than these is not factored.
constexpr std::size_t kMostFactored = 4000;
constexpr double kHold = 1e-8;

double shrunk(double value, double by) {
  if (value > by) return value - by;
  return value < -by ? value + by : 0;
}

class Descent {
 public:
  Descent(const SparsePenaltyProblem& problem, DescentState& state, const DescentLimits& limits)
      : problem_(problem), state_(state), limits_(limits) {}

  DescentResult run() {
    for (;;) {
      const bool has_moved = sweep(all());
      std::vector<std::size_t> active = nonzeros();
      if (!has_moved && settled(active)) return end(DescentEnd::exact);
      for (std::size_t round = sweeps_per_solution(active.size()); round > 0 && !is_over(); --round) {
        if (!sweep(active)) break;
      }
      if (is_over()) return end(is_late_ ? DescentEnd::late : DescentEnd::sweeps);
      if (limits_.solve_equations && go_to_solution(active) && settled(active)) return end(DescentEnd::exact);
      if (limits_.is_done && limits_.is_done(state_)) return end(DescentEnd::done);
    }
  }

 private:
  [[nodiscard]] DescentResult end(DescentEnd how) const { return {.end = how, .n_sweeps = n_sweeps_}; }
  [[nodiscard]] bool is_over() const { return is_late_ || n_sweeps_ >= limits_.max_sweeps; }

  [[nodiscard]] std::vector<std::size_t> all() const {
    std::vector<std::size_t> out(problem_.gram.size());
    for (std::size_t j = 0; j < out.size(); ++j) out[j] = j;
    return out;
  }
  /// Those that take part in a solution for given signs.
  [[nodiscard]] std::vector<std::size_t> nonzeros() const {
    std::vector<std::size_t> out;
    for (std::size_t j = 0; j < problem_.gram.size(); ++j) {
      const bool is_free = problem_.penalty[j] == 0 && problem_.gram.diagonal(j) > 0;
      if (state_.coefficients[j] != 0 || is_free) out.push_back(j);
    }
    return out;
  }

  /// As many sweeps over `n` coefficients as cost what solving their equations does, but some in any case.
  [[nodiscard]] std::size_t sweeps_per_solution(std::size_t n) const {
    if (n > kMostFactored) return 1000;
    return std::max<std::size_t>(5, n * n / (3 * problem_.gram.size()));
  }

  /// Returns whether any coefficient has moved beyond rounding.
  bool sweep(const std::vector<std::size_t>& places) {
    ++n_sweeps_;
    bool has_moved = false;
    for (const std::size_t j : places) {
      const double diagonal = problem_.gram.diagonal(j);
      if (!(diagonal + problem_.ridge > 0) || !(diagonal > 0)) continue;
      const double old = state_.coefficients[j];
      const double next = shrunk(state_.rest[j] + diagonal * old, problem_.penalty[j]) / (diagonal + problem_.ridge);
      const double change = next - old;
      if (change == 0) continue;
      state_.coefficients[j] = next;
      const double* column = problem_.gram.column(j);
      double* rest = state_.rest.memptr();
      for (std::size_t k = 0; k < state_.rest.n_elem; ++k) rest[k] -= change * column[k];
      constexpr double kRounding = 1e-15;
      has_moved = has_moved || std::abs(change) > kRounding * std::abs(next);
    }
    is_late_ = limits_.is_late && limits_.is_late();
    return has_moved;
  }

  /// Goes to the solution for the signs as they are; where a coefficient becomes 0 on the way, on from there without
  /// it. Returns whether it is there. Coefficients that become 0 leave `active`.
  bool go_to_solution(std::vector<std::size_t>& active) {
    if (active.size() > kMostFactored) return false;
    for (;;) {
      const std::size_t n_before = active.size();
      if (step(active)) return true;
      if (active.size() == n_before || (limits_.is_late && limits_.is_late())) return false;
    }
  }

  bool step(std::vector<std::size_t>& active) {
    arma::vec target;
    const bool is_exact = active.empty() || solution(active, /*hold=*/0, target);
    // Where several solutions are as good, a hold keeps the step finite: it leads to the end of their range.
    if (!is_exact && !solution(active, kHold, target)) return false;
    double share = 1;
    for (std::size_t a = 0; a < active.size(); ++a) {
      const double here = state_.coefficients[active[a]];
      if (problem_.penalty[active[a]] == 0 || here * target[a] > 0) continue;
      share = std::min(share, here / (here - target[a]));
    }
    for (std::size_t a = 0; a < active.size(); ++a) {
      double& here = state_.coefficients[active[a]];
      const bool crosses =
          problem_.penalty[active[a]] != 0 && here * target[a] <= 0 && here / (here - target[a]) <= share;
      here = crosses ? 0 : share == 1 ? target[a] : here + share * (target[a] - here);
    }
    refresh();
    std::erase_if(active, [&](std::size_t j) { return problem_.penalty[j] != 0 && state_.coefficients[j] == 0; });
    return is_exact && share == 1;
  }

  /// Solves for the signs as they are, held to the coefficients as they are by `hold` times their share of the Gram.
  /// Returns false where the equations have no unique solution but for rounding.
  bool solution(const std::vector<std::size_t>& active, double hold, arma::vec& out) const {
    const std::size_t n = active.size();
    core::Matrix matrix(n, n);
    arma::vec right(n);
    for (std::size_t a = 0; a < n; ++a) {
      const double* column = problem_.gram.column(active[a]);
      for (std::size_t b = 0; b < n; ++b) matrix(b, a) = column[active[b]];
      matrix(a, a) += problem_.ridge;
      const double here = state_.coefficients[active[a]];
      const double sign = here > 0 ? 1 : here < 0 ? -1 : 0;
      right[a] = problem_.products[active[a]] - sign * problem_.penalty[active[a]];
      const double held = hold * matrix(a, a);
      matrix(a, a) += held;
      right[a] += held * here;
    }
    core::Matrix factor;
    if (!arma::chol(factor, matrix)) return false;
    constexpr double kLeastPivot = 1e-13;
    for (std::size_t a = 0; a < n; ++a) {
      if (factor(a, a) * factor(a, a) < kLeastPivot * matrix(a, a)) return false;
    }
    const arma::vec half = arma::solve(arma::trimatl(factor.t()), right, arma::solve_opts::fast);
    out = arma::solve(arma::trimatu(factor), half, arma::solve_opts::fast);
    return out.is_finite();
  }

  void refresh() { state_.rest = descent_state(problem_, state_.coefficients).rest; }

  /// Says whether coefficients that are 0 want to stay so, and all others' equations hold.
  [[nodiscard]] bool settled(const std::vector<std::size_t>& active) const {
    constexpr double kRounding = 1e-12;
    const double size = arma::norm(problem_.products, "inf");
    std::size_t next = 0;
    for (std::size_t j = 0; j < problem_.gram.size(); ++j) {
      if (next < active.size() && active[next] == j) {
        ++next;
        continue;
      }
      if (problem_.gram.diagonal(j) > 0 && std::abs(state_.rest[j]) > problem_.penalty[j] + kRounding * size)
        return false;
    }
    return true;
  }

  const SparsePenaltyProblem& problem_;
  DescentState& state_;
  const DescentLimits& limits_;
  std::int64_t n_sweeps_ = 0;
  bool is_late_ = false;
};

}  // namespace

DescentState descent_state(const SparsePenaltyProblem& problem, arma::vec coefficients) {
  DescentState state{.coefficients = std::move(coefficients), .rest = problem.products};
  double* rest = state.rest.memptr();
  for (std::size_t j = 0; j < state.coefficients.n_elem; ++j) {
    const double value = state.coefficients[j];
    if (value == 0) continue;
    const double* column = problem.gram.column(j);
    for (std::size_t k = 0; k < state.rest.n_elem; ++k) rest[k] -= value * column[k];
  }
  return state;
}

DescentResult descend(const SparsePenaltyProblem& problem, DescentState& state, const DescentLimits& limits) {
  return Descent(problem, state, limits).run();
}

}  // namespace gridmill::models::linear
