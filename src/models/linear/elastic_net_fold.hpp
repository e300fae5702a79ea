#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "core/matrix.hpp"
#include "models/linear/coordinate_descent.hpp"
#include "models/linear/gram_columns.hpp"
#include "models/linear/weighted_sums.hpp"

namespace gridmill::models::linear {

/// What an elastic net is asked for.
struct ElasticNetSetting {
  double alpha = 1;
  double l1_ratio = 0.5;
  double tolerance = 0;
  std::int64_t max_sweeps = 0;
  std::function<bool()> is_late;  // may be empty
};

struct ElasticNetSolution {
  arma::vec coefficients;
  double intercept = 0;
  DescentResult result;
  double gap = 0;  // duality gap, as a share of the target's sum of squares
};

/// Some training rows, made ready for elastic nets: least sum of weight x error^2 / (2 weight) + alpha (l1_ratio |w|_1
/// + (1 - l1_ratio) |w|^2 / 2), weight being that of all rows.
///
/// A fit starts from the path: solutions, not exact ones, at alphas that halve from the one at which all is 0. Where
/// they lie depends on the rows alone, so that a fit does not depend on the fits before it.
class ElasticNetFold {
 public:
  explicit ElasticNetFold(NormalEquations equations);
  /// Of many features; their products are made as they are asked for.
  explicit ElasticNetFold(std::unique_ptr<FeatureGram> gram);

  [[nodiscard]] ElasticNetSolution solve(const ElasticNetSetting& setting);
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Penalties {
    double l1 = 0;  // of the sum, not the mean, of errors
    double l2 = 0;
  };
  [[nodiscard]] Penalties penalties(double alpha, double l1_ratio) const;
  [[nodiscard]] SparsePenaltyProblem problem(const Penalties& penalties) const;
  [[nodiscard]] arma::vec start(const ElasticNetSetting& setting);
  [[nodiscard]] double gap(const DescentState& state, const Penalties& penalties) const;

  NormalEquations equations_;  // without a Gram, if the features are many
  std::unique_ptr<FeatureGram> features_;
  std::unique_ptr<WholeGram> whole_;
  const GramColumns* gram_;
  std::map<double, std::vector<arma::vec>> paths_;  // by l1_ratio
};

}  // namespace gridmill::models::linear
