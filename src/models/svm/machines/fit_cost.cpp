#include "models/svm/machines/fit_cost.hpp"

#include <algorithm>
#include <cmath>

namespace gridmill::models::svm {

double fit_cost(double C, std::size_t n_train, std::size_t n_features) {
  const auto n = static_cast<double>(n_train);
  // Measured on covtype (3,886 samples, ten gammas): small C are all alike, as nearly all variables end at their bound
  // after one step each; from C = 1 on the square root takes over.
  const double steps_per_sample = 1 + 0.5 * std::sqrt(std::min(C, 1e6));
  const double kernel_share = 0.002 * static_cast<double>(n_features);
  return n * n * (steps_per_sample + kernel_share);
}

SmoOptions smo_options(const FitRequest& request, std::span<const core::OptionSpec> options) {
  SmoOptions out{.tolerance = value_of(request.params, options, "tol").number(),
                 .max_iterations = value_of(request.params, options, "max_iter").integer()};
  if (request.mode == FitMode::converged) out.tolerance = std::min(out.tolerance, kConvergedTolerance);
  if (request.time_limit_s > 0) {
    // Longer than a century is no limit, and would not fit the clock's counter.
    const double seconds = std::min(request.time_limit_s, 3e9);
    out.deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }
  return out;
}

}  // namespace gridmill::models::svm
