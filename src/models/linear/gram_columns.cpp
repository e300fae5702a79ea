#include "models/linear/gram_columns.hpp"

#include "models/family/model.hpp"

namespace gridmill::models::linear {

FeatureGram::FeatureGram(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows,
                         bool fit_intercept)
    : samples_(samples),
      rows_(rows.begin(), rows.end()),
      known_(weighted_rows(data, samples, rows, fit_intercept)),
      diagonal_(samples.n_features(), arma::fill::zeros),
      products_(known_.products(samples, rows)),
      target_squares_(arma::dot(known_.weights, arma::square(known_.targets))) {
  const arma::vec& weights = known_.weights;
  const arma::vec& mean = known_.mean;
  for (std::size_t s = 0; s < rows.size(); ++s) {
    if (samples.is_sparse()) {
      const core::SparseSample sample = samples.sparse(rows[s]);
      for (std::size_t e = 0; e < sample.value.size(); ++e) {
        diagonal_[sample.feature[e]] += weights[s] * sample.value[e] * sample.value[e];
      }
    } else {
      const std::span<const double> sample = samples.dense(rows[s]);
      for (std::size_t j = 0; j < sample.size(); ++j) {
        diagonal_[j] += weights[s] * (sample[j] - mean[j]) * (sample[j] - mean[j]);
      }
    }
  }
  if (samples.is_sparse()) diagonal_ -= known_.weight * arma::square(mean);
  constexpr double kConstantShare = 1e-14;
  for (std::size_t j = 0; j < diagonal_.n_elem; ++j) {
    if (diagonal_[j] <= kConstantShare * known_.weight * mean[j] * mean[j]) diagonal_[j] = 0;
  }
  if (!diagonal_.is_finite() || !products_.is_finite()) {
    throw FitError("the products of features are beyond what a double holds; scale the features");
  }
}

const double* FeatureGram::column(std::size_t j) const {
  const auto found = columns_.find(j);
  if (found != columns_.end()) return found->second.memptr();
  arma::vec out(diagonal_.n_elem, arma::fill::zeros);
  double sum = 0;
  for (std::size_t s = 0; s < rows_.size(); ++s) {
    const double value = known_.weights[s] * (samples_.value(rows_[s], j) - known_.mean[j]);
    if (value == 0) continue;
    sum += value;
    samples_.add_to(rows_[s], value, out.memptr());
  }
  out -= sum * known_.mean;
  return columns_.emplace(j, std::move(out)).first->second.memptr();
}

}  // namespace gridmill::models::linear
