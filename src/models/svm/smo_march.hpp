#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "models/svm/conjugate_direction.hpp"
#include "models/svm/smo.hpp"
#include "models/svm/smo_passes.hpp"
#include "models/svm/smo_variables.hpp"

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
    } else if (deadline && iterations % 128 == 0 && Clock::now() >= *deadline) {
      status = FitStatus::time_limit;
    }
    return status != FitStatus::ok;
  }

  double tolerance;
  std::optional<Clock::time_point> deadline;
  std::int64_t limit;
  std::int64_t iterations = 0;
  std::int64_t pause_at = INT64_MAX;    // iterations
  std::int64_t until_look = INT64_MAX;  // steps until variables may be set aside
  bool stop_at_upper = false;           // halt before the first step by which a variable meets its upper bound
  double greatest = 0;                  // alpha of any variable while stop_at_upper is set
  FitStatus status = FitStatus::ok;
};

[[nodiscard]] inline bool is_optimal(const Extremes& extremes, double tolerance) {
  return extremes.index == kNoVariable || extremes.greatest - extremes.least < tolerance;
}

/// Why a march ended. stuck: rounding lets no pair move any more.
enum class Halt { optimal, look, limit, stuck, pause, upper };

/// Moves a pair that meets no upper bound and returns true; else it stays where it is.
template <typename Real>
bool moves_below_upper(Variables<Real>& variables, std::size_t i, std::size_t j, float kernel, Pace& pace,
                       typename Variables<Real>::Step& step) {
  const double alpha_i = variables.alpha[i];
  const double alpha_j = variables.alpha[j];
  step = variables.move(i, j, kernel);
  if (!variables.is_at_upper(i) && !variables.is_at_upper(j)) {
    pace.greatest = std::max({pace.greatest, variables.alpha[i], variables.alpha[j]});
    return true;
  }
  variables.alpha[i] = alpha_i;
  variables.alpha[j] = alpha_j;
  variables.update_bounds(i);
  variables.update_bounds(j);
  return false;
}

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

/// Takes steps of sequential minimal optimisation: libsvm's choice of pairs and its moves, one after the other.
///
/// `rows.row(k)` is the row of variable k, valid until the second next call, `rows.column(k)` where in a row it is;
/// `rows.takes_guesses(k)` says whether it would have to be computed and others might be with it: those that
/// `rows.expect(k)` is told of.
/// `extremes`: of F as it is, before and after. After a pause the same call goes on as if there had been none.
template <typename Real, typename Rows>
Halt march(Variables<Real>& variables, Rows& rows, Extremes& extremes, Pace& pace) {
  const PassView<Real> view = variables.view();
  for (;;) {
    if (is_optimal(extremes, pace.tolerance)) return Halt::optimal;
    if (pace.iterations >= pace.pause_at) return Halt::pause;
    if (--pace.until_look == 0) return Halt::look;
    const std::size_t i = extremes.index;
    const float* row_i = fetch(variables, rows, extremes, i);
    const std::size_t j = find_partner(view, row_i, i);
    if (j == kNoVariable) return Halt::stuck;  // differences that vanish when squared
    if (pace.reaches_limit()) return Halt::limit;
    const float* row_j = fetch(variables, rows, extremes, j);
    const float kernel = row_i[rows.column(j)];
    typename Variables<Real>::Step step;
    if (!pace.stop_at_upper) {
      step = variables.move(i, j, kernel);
    } else if (!moves_below_upper(variables, i, j, kernel, pace, step)) {
      return Halt::upper;
    }
    if (step.i == 0 && step.j == 0) return Halt::stuck;
    extremes = update_and_scan(view, row_i, step.i, row_j, step.j);
    ++pace.iterations;
  }
}

/// The same in float32, which no longer has to go libsvm's way: steps are made conjugate to the last as long as they
/// meet no bound. `direction`: of these variables; after a pause as it was, else it is to be ended.
template <typename Rows>
Halt march(Variables<float>& variables, Rows& rows, Extremes& extremes, Pace& pace, ConjugateDirection& direction) {
  const PassView<float> view = variables.view();
  for (;;) {
    if (is_optimal(extremes, pace.tolerance)) return Halt::optimal;
    if (pace.iterations >= pace.pause_at) return Halt::pause;
    if (--pace.until_look == 0) return Halt::look;
    const std::size_t i = extremes.index;
    const float* row_i = fetch(variables, rows, extremes, i);
    const std::size_t j = direction ? find_partner(view, row_i, i, direction.last()) : find_partner(view, row_i, i);
    if (j == kNoVariable) return Halt::stuck;
    if (pace.reaches_limit()) return Halt::limit;
    const float* row_j = fetch(variables, rows, extremes, j);
    const float kernel = row_i[rows.column(j)];
    const double curvature = variables.curvature(i, j, kernel);
    if (!direction || !direction.turn(i, j, row_i, row_j, curvature, extremes)) {
      direction.end();
      const auto step = variables.move(i, j, kernel);
      if (step.i == 0 && step.j == 0) return Halt::stuck;
      const bool is_free = variables.is_free(i) && variables.is_free(j);
      extremes = is_free ? direction.begin(i, j, row_i, row_j, curvature, step.i)
                         : update_and_scan(view, row_i, step.i, row_j, step.j);
    }
    ++pace.iterations;
  }
}

}  // namespace gridmill::models::svm
