#include "prepare/normal_quantiles.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/erf.hpp>

namespace gridmill::prepare {

namespace {

// In double: long double, which is the default, is slower and no more exact than the quantiles.
using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

}  // namespace

double normal_quantile(double p) { return -std::numbers::sqrt2 * boost::math::erfc_inv(2 * p, InDouble()); }

// With z the quantile and s its slope, 1 / density(z), the k-th derivative is P_k(z) s^k, where P_1 = 1 and
// P_{k+1} = P_k' + k z P_k. The first term left out is the seventh.
NormalQuantiles::NormalQuantiles(std::span<const double> shares) {
  constexpr double kRounding = 2e-16;
  for (std::size_t j = 0; j < shares.size(); ++j) {
    Node node{.share = shares[j]};
    if (shares[j] > 0 && shares[j] < 1) {
      const double z = normal_quantile(shares[j]);
      const double z2 = z * z;
      const double slope = std::sqrt(2 * std::numbers::pi) * std::exp(z2 / 2);
      const double reach = std::max(shares[j] - shares[j - 1], shares[j + 1] - shares[j]) / 2 * slope;
      const double left_out = (127 + z2 * (1740 + z2 * (2556 + z2 * 720))) / 5040;
      node.value = z;
      if (std::pow(reach, 7) * left_out < kRounding) node.slope = slope;
      node.terms[0] = z / 2;
      node.terms[1] = (1 + 2 * z2) / 6;
      node.terms[2] = z * (7 + 6 * z2) / 24;
      node.terms[3] = (7 + z2 * (46 + 24 * z2)) / 120;
      node.terms[4] = z * (127 + z2 * (326 + 120 * z2)) / 720;
    }
    nodes_.push_back(node);
  }
}

double NormalQuantiles::at(double p, std::size_t j) const {
  const bool is_nearer = j + 1 < nodes_.size() && nodes_[j + 1].share - p < p - nodes_[j].share;
  const Node& node = nodes_[is_nearer ? j + 1 : j];
  if (node.slope == 0) return normal_quantile(p);
  const double t = node.slope * (p - node.share);
  double sum = node.terms[kTerms - 2];
  for (std::size_t k = kTerms - 2; k-- > 0;) sum = sum * t + node.terms[k];
  return node.value + t * (1 + t * sum);
}

}  // namespace gridmill::prepare
