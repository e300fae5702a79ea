#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "models/svm/solver/conjugate_direction.hpp"
#include "models/svm/solver/smo.hpp"
#include "models/svm/solver/smo_passes.hpp"
#include "models/svm/solver/smo_variables.hpp"

namespace gridmill::models::svm {

/// How far a solve has come, and how far it may go.
struct Pace {
  Pace(const SmoOptions& given, std::size_t n)
      : tolerance(given.tolerance),
        deadline(given.deadline),
        limit(given.max_iterations >= 0 ? given.max_iterations
                                        : std::max<std::int64_t>(10'000'000, 100 * static_cast<std::int64_t>(n))) {}

  /// Says whether a limit of the caller's is reached, and notes which.
  [[nodiscard]] bool reaches_limit() {
    if (iterations >= limit) {
      status = FitStatus::iteration_limit;
    } else if (iterations % kBetweenLooks == 0 && is_over(deadline)) {
      status = FitStatus::time_limit;
    }
    return status != FitStatus::ok;
  }

  static constexpr std::int64_t kBetweenLooks = 16;  // iterations: each may have to compute dozens of rows

  double tolerance;
  Deadline deadline;
  std::int64_t limit;
  std::int64_t iterations = 0;
  std::int64_t until_look = INT64_MAX;  // steps until variables may be set aside
  FitStatus status = FitStatus::ok;
};

[[nodiscard]] inline bool is_optimal(const Extremes& extremes, double tolerance) {
  return extremes.index == kNoVariable || extremes.greatest - extremes.least < tolerance;
}

/// Why a march ended. stuck: rounding lets no pair move any more.
enum class Halt { optimal, look, limit, stuck };

/// Says that the rows of the variables that violate optimality most will be asked for: rows that have to be computed
/// take less time together, and most of these will soon be asked for indeed.
template <typename Real, typename Rows>
void expect_violators(const Variables<Real>& variables, Rows& rows, const Extremes& extremes) {
  constexpr std::size_t kAmong = 4;  // times as many are looked at: some are kept
  std::vector<std::pair<double, std::size_t>> violations;
  for (std::size_t k = 0; k < variables.size(); ++k) {
    const auto f = static_cast<double>(variables.f[k]);
    double violation = 0;
    if (variables.rises.test(k)) violation = extremes.greatest - f;
    if (variables.falls.test(k)) violation = std::max(violation, f - extremes.least);
    if (violation > 0) violations.emplace_back(violation, k);
  }
  const std::size_t n = std::min(violations.size(), kAmong * rows.foresight());
  std::ranges::partial_sort(violations, violations.begin() + static_cast<std::ptrdiff_t>(n), std::greater<>());
  for (std::size_t v = 0; v < n; ++v) rows.expect(violations[v].second);
}

/// Returns the row of variable k, with a guess at those that follow if it has to be computed.
template <typename Real, typename Rows>
const float* fetch(const Variables<Real>& variables, Rows& rows, const Extremes& extremes, std::size_t k) {
  if (rows.takes_guesses(k)) expect_violators(variables, rows, extremes);
  return rows.row(k);
}

/// libsvm's choice of partners and its moves.
template <typename Real>
class PairSteps {
 public:
  explicit PairSteps(Variables<Real>& variables) : variables_(variables), view_(variables.view()) {}

  [[nodiscard]] std::size_t partner(const float* row_i, std::size_t i) const { return find_partner(view_, row_i, i); }
  /// Returns false if rounding lets the pair move no more. `kernel`: of the two.
  bool take(std::size_t i, std::size_t j, const float* row_i, const float* row_j, float kernel, Extremes& extremes) {
    const auto step = variables_.move(i, j, kernel);
    if (step.i == 0 && step.j == 0) return false;
    extremes = update_and_scan(view_, row_i, step.i, row_j, step.j);
    return true;
  }

 private:
  Variables<Real>& variables_;
  PassView<Real> view_;
};

/// What there is to know of steps before any variable has met its upper bound.
struct BelowUpper {
  bool holds = false;   // none has; a pair that would meet one stays where it is, and this ends
  double greatest = 0;  // alpha of any variable so far
};

/// PairSteps as long as they meet no upper bound.
class StepsBelowUpper {
 public:
  StepsBelowUpper(Variables<double>& variables, BelowUpper& below)
      : variables_(variables), below_(below), view_(variables.view()) {}

  [[nodiscard]] std::size_t partner(const float* row_i, std::size_t i) const { return find_partner(view_, row_i, i); }
  /// Returns false also if a bound is in the way.
  bool take(std::size_t i, std::size_t j, const float* row_i, const float* row_j, float kernel, Extremes& extremes) {
    const double alpha_i = variables_.alpha[i];
    const double alpha_j = variables_.alpha[j];
    const auto step = variables_.move(i, j, kernel);
    if (variables_.is_at_upper(i) || variables_.is_at_upper(j)) {
      variables_.alpha[i] = alpha_i;
      variables_.alpha[j] = alpha_j;
      variables_.update_bounds(i);
      variables_.update_bounds(j);
      below_.holds = false;
      return false;
    }
    below_.greatest = std::max({below_.greatest, variables_.alpha[i], variables_.alpha[j]});
    if (step.i == 0 && step.j == 0) return false;
    extremes = update_and_scan(view_, row_i, step.i, row_j, step.j);
    return true;
  }

 private:
  Variables<double>& variables_;
  BelowUpper& below_;
  PassView<double> view_;
};

/// Steps in float32, which no longer have to go libsvm's way: made conjugate to the last as long as they meet no bound.
class ConjugateSteps {
 public:
  /// `direction`: of these variables; to be ended after the march.
  ConjugateSteps(Variables<float>& variables, ConjugateDirection& direction)
      : variables_(variables), direction_(direction), view_(variables.view()) {}

  [[nodiscard]] std::size_t partner(const float* row_i, std::size_t i) const {
    return direction_ ? find_partner(view_, row_i, i, direction_.last()) : find_partner(view_, row_i, i);
  }
  bool take(std::size_t i, std::size_t j, const float* row_i, const float* row_j, float kernel, Extremes& extremes) {
    const double curvature = variables_.curvature(i, j, kernel);
    if (direction_ && direction_.turn(i, j, row_i, row_j, curvature, extremes)) return true;
    direction_.end();
    const auto step = variables_.move(i, j, kernel);
    if (step.i == 0 && step.j == 0) return false;
    const bool is_free = variables_.is_free(i) && variables_.is_free(j);
    extremes = is_free ? direction_.begin(i, j, row_i, row_j, curvature, step.i)
                       : update_and_scan(view_, row_i, step.i, row_j, step.j);
    return true;
  }

 private:
  Variables<float>& variables_;
  ConjugateDirection& direction_;
  PassView<float> view_;
};

/// Takes steps of sequential minimal optimisation, one after the other.
///
/// `rows.row(k)` is the row of variable k, valid until the second next call, `rows.column(k)` where in a row it is;
/// `rows.takes_guesses(k)` says whether it would have to be computed and others might be with it: those that
/// `rows.expect(k)` is told of. `extremes`: of F as it is, before and after.
template <typename Real, typename Rows, typename Steps>
Halt march(const Variables<Real>& variables, Rows& rows, Extremes& extremes, Pace& pace, Steps steps) {
  for (;;) {
    if (is_optimal(extremes, pace.tolerance)) return Halt::optimal;
    if (--pace.until_look == 0) return Halt::look;
    const std::size_t i = extremes.index;
    const float* row_i = fetch(variables, rows, extremes, i);
    const std::size_t j = steps.partner(row_i, i);
    if (j == kNoVariable) return Halt::stuck;  // differences that vanish when squared
    if (pace.reaches_limit()) return Halt::limit;
    const float* row_j = fetch(variables, rows, extremes, j);
    if (!steps.take(i, j, row_i, row_j, row_i[rows.column(j)], extremes)) return Halt::stuck;
    ++pace.iterations;
  }
}

}  // namespace gridmill::models::svm
