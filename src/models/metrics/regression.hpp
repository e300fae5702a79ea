#pragma once

#include <span>

#include "models/metrics/score.hpp"

namespace gridmill::models {

/// Metrics of predicted targets, each as scikit-learn 1.2.1 defines it. Losses are not negated here.
///
/// Shapes: `truth` and `predicted` hold n >= 1 targets, `weight` n weights >= 0, or none (all 1).
/// All are undefined when truth or prediction is not finite, or when the weights sum to zero where they are divided by.

/// 1 - residual / total sum of squares; for a constant truth 1 if every prediction is exact, else 0. Undefined for
/// fewer than two samples.
Score r2(std::span<const double> truth, std::span<const double> predicted, std::span<const double> weight);
/// As r2, but does not mind a constant error.
Score explained_variance(std::span<const double> truth, std::span<const double> predicted,
                         std::span<const double> weight);
/// In squared units of the target.
Score mean_squared_error(std::span<const double> truth, std::span<const double> predicted,
                         std::span<const double> weight);
Score root_mean_squared_error(std::span<const double> truth, std::span<const double> predicted,
                              std::span<const double> weight);
/// Of log(1 + target); undefined when a target or a prediction is negative.
Score mean_squared_log_error(std::span<const double> truth, std::span<const double> predicted,
                             std::span<const double> weight);
/// The mean deviance of a Poisson and of a gamma distribution. Undefined for targets < 0 (gamma: <= 0) and for
/// predictions <= 0.
Score mean_poisson_deviance(std::span<const double> truth, std::span<const double> predicted,
                            std::span<const double> weight);
Score mean_gamma_deviance(std::span<const double> truth, std::span<const double> predicted,
                          std::span<const double> weight);
Score mean_absolute_error(std::span<const double> truth, std::span<const double> predicted,
                          std::span<const double> weight);
/// With weights the lower weighted median, else the mean of the two middle errors.
Score median_absolute_error(std::span<const double> truth, std::span<const double> predicted,
                            std::span<const double> weight);
/// A fraction, not a percentage; a true value of zero counts as 2^-52.
Score mean_absolute_percentage_error(std::span<const double> truth, std::span<const double> predicted,
                                     std::span<const double> weight);
/// The greatest absolute error; scikit-learn takes no weights here.
Score max_error(std::span<const double> truth, std::span<const double> predicted);

}  // namespace gridmill::models
