#pragma once

#include <cstddef>
#include <span>

#include "core/option.hpp"
#include "models/family/model.hpp"
#include "models/svm/solver/smo.hpp"

namespace gridmill::models::svm {

/// Predicts the cost of one machine: iterations grow about twofold for each fourfold C, each costs n.
double fit_cost(double C, std::size_t n_train, std::size_t n_features);

/// FitMode::converged goes on to this violation at least: two starts then differ in scores as good as never.
constexpr double kConvergedTolerance = 1e-5;

/// Reads tol and max_iter, and starts the clock of the request's time limit.
SmoOptions smo_options(const FitRequest& request, std::span<const core::OptionSpec> options);

}  // namespace gridmill::models::svm
