#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "core/matrix.hpp"
#include "models/linear/gram_columns.hpp"

namespace gridmill::models::linear {

/// Least  w'Gw / 2 - products'w + ridge |w|^2 / 2 + sum of penalty_j |w_j|.
struct SparsePenaltyProblem {
  const GramColumns& gram;
  const arma::vec& products;
  arma::vec penalty;  // >= 0 each; 0: the coefficient is free
  double ridge = 0;
};

/// Where coordinate descent is: coefficients and what the products have left unexplained.
struct DescentState {
  arma::vec coefficients;
  arma::vec rest;  // products - G w
};

struct DescentLimits {
  std::int64_t max_sweeps = 1000;                    // over all coefficients, or over those that are not 0
  bool solve_equations = true;                       // of the coefficients that are not 0, after each round
  std::function<bool(const DescentState&)> is_done;  // asked after each round that has not ended exactly
  std::function<bool()> is_late;                     // asked after each sweep; may be empty
};

enum class DescentEnd {
  exact,  // signs are settled and the equations of what is not 0 solved: nothing but rounding is left
  done,   // as limits.is_done says
  sweeps,
  late,
};

struct DescentResult {
  DescentEnd end = DescentEnd::exact;
  std::int64_t n_sweeps = 0;
};

/// Returns where to start with these coefficients.
DescentState descent_state(const SparsePenaltyProblem& problem, arma::vec coefficients);

/// Minimises it from `state` on by rounds of cyclic coordinate descent; after each round the equations of the
/// coefficients that are not 0 are solved for their signs as they are. Where signs and zeros then hold, that is the
/// solution, whatever the start was; else it goes as far that way as the signs hold.
DescentResult descend(const SparsePenaltyProblem& problem, DescentState& state, const DescentLimits& limits);

}  // namespace gridmill::models::linear
