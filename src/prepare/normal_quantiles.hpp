#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace gridmill::prepare {

/// Returns the quantile `p` of the standard normal distribution. Requires: 0 < p < 1.
double normal_quantile(double p);

/// The same for shares that are known to lie between two of a list: next to them it is a polynomial.
class NormalQuantiles {
 public:
  /// `shares` ascend from 0 to 1.
  explicit NormalQuantiles(std::span<const double> shares);

  /// Returns the quantile `p`, which lies between share number `j` and the next. Requires: 0 < p < 1.
  /// Agrees with normal_quantile to some 1e-15.
  [[nodiscard]] double at(double p, std::size_t j) const;

 private:
  static constexpr std::size_t kTerms = 6;

  /// The curve about one share: its value there and what its derivatives make of the distance.
  struct Node {
    double share = 0;
    double value = 0;
    double slope = 0;                           // of the curve; 0: too steep for a polynomial
    std::array<double, kTerms - 1> terms = {};  // of (slope x distance), from its square on
  };

  std::vector<Node> nodes_;
};

}  // namespace gridmill::prepare
