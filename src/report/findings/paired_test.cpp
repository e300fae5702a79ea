#include "report/findings/paired_test.hpp"

#include <cmath>
#include <vector>

#include <boost/math/distributions/students_t.hpp>

namespace gridmill::report {

double two_sided_p(double t, double degrees) {
  if (std::isinf(t)) return 0;
  const boost::math::students_t_distribution<double> distribution(degrees);
  return 2 * boost::math::cdf(boost::math::complement(distribution, std::abs(t)));
}

std::optional<PairedTest> paired_test(std::span<const double> first, std::span<const double> second,
                                      double test_share) {
  std::vector<double> differences;
  for (std::size_t k = 0; k < first.size() && k < second.size(); ++k) {
    const double difference = first[k] - second[k];
    if (std::isfinite(difference)) differences.push_back(difference);
  }
  if (differences.size() < 2) return std::nullopt;
  const auto n = static_cast<double>(differences.size());
  double mean = 0;
  for (const double each : differences) mean += each / n;
  double variance = 0;
  for (const double each : differences) variance += (each - mean) * (each - mean) / (n - 1);
  if (variance == 0) return PairedTest{.difference = mean, .p = mean == 0 ? 1.0 : 0.0};
  return PairedTest{.difference = mean, .p = two_sided_p(mean / std::sqrt(variance * (1 / n + test_share)), n - 1)};
}

}  // namespace gridmill::report
