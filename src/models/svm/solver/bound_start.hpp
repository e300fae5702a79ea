#pragma once

#include <optional>

#include "models/svm/solver/problem_rows.hpp"
#include "models/svm/solver/smo.hpp"

namespace gridmill::models::svm {

/// Returns the point where all variables of a classification (linear = -1) are at their upper bound but the best
/// classified samples of the class that weighs more, as many as the constraint y'a = 0 takes; or nothing, as when the
/// deadline of `rows` passes.
///
/// It is near the optimum while C is so small that the objective still falls all the way there: that is asked of the
/// direction from 0 to all bounds. Small problems get nothing, as finding out would cost what it saves.
/// Deterministic: depends on the problem alone, so that a fit started there does not depend on other fits.
/// Cost: reads the whole matrix once for all problems that differ by a factor of `upper` and share their memory. Where
/// rows are computed when they are asked for, a few are read first: mostly they show that there is nothing.
std::optional<SmoStart> start_at_bound(const SmoProblem& problem, ProblemRows& rows);

}  // namespace gridmill::models::svm
