#pragma once

#include <optional>
#include <span>

namespace gridmill::report {

/// Two candidates, compared fold by fold.
struct PairedTest {
  double difference = 0;  // mean of first minus second
  double p = 1;           // two-sided; how seldom chance alone makes such a difference
};

/// The corrected resampled t test of Nadeau and Bengio (2003): training sets of folds overlap, and so the variance of
/// the differences is multiplied by 1/k + n_test/n_train. Nothing where fewer than two folds have both scores.
/// `test_share`: n_test / n_train of a fold.
std::optional<PairedTest> paired_test(std::span<const double> first, std::span<const double> second, double test_share);

/// Returns P(|T| > |t|) of Student's t distribution with `degrees` > 0 degrees of freedom.
double two_sided_p(double t, double degrees);

}  // namespace gridmill::report
