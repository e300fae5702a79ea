#include "models/linear/gram_columns.hpp"

#include <algorithm>

#include "models/family/model.hpp"

namespace gridmill::models::linear {

FeatureGram::FeatureGram(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows,
                         bool fit_intercept)
    : samples_(samples),
      rows_(rows.begin(), rows.end()),
      weights_(rows.size()),
      mean_(samples.n_features(), arma::fill::zeros),
      diagonal_(samples.n_features(), arma::fill::zeros),
      products_(samples.n_features(), arma::fill::zeros) {
  arma::vec targets(rows.size());
  for (std::size_t s = 0; s < rows.size(); ++s) {
    weights_[s] = data.weight.empty() ? 1.0 : data.weight[rows[s]];
    targets[s] = data.y[rows[s]];
  }
  weight_ = arma::accu(weights_);
  if (!(weight_ > 0)) throw FitError("all training samples have weight 0");
  if (fit_intercept) {
    for (std::size_t s = 0; s < rows.size(); ++s) samples.add_to(rows[s], weights_[s] / weight_, mean_.memptr());
    target_mean_ = arma::dot(weights_, targets) / weight_;
  }
  targets -= target_mean_;
  target_squares_ = arma::dot(weights_, arma::square(targets));
  for (std::size_t s = 0; s < rows.size(); ++s) {
    samples.add_to(rows[s], weights_[s] * targets[s], products_.memptr());
    if (samples.is_sparse()) {
      const core::SparseSample sample = samples.sparse(rows[s]);
      for (std::size_t e = 0; e < sample.value.size(); ++e) {
        diagonal_[sample.feature[e]] += weights_[s] * sample.value[e] * sample.value[e];
      }
    } else {
      const std::span<const double> sample = samples.dense(rows[s]);
      for (std::size_t j = 0; j < sample.size(); ++j) {
        diagonal_[j] += weights_[s] * (sample[j] - mean_[j]) * (sample[j] - mean_[j]);
      }
    }
  }
  products_ -= arma::dot(weights_, targets) * mean_;
  if (samples.is_sparse()) diagonal_ -= weight_ * arma::square(mean_);
  constexpr double kConstantShare = 1e-14;
  for (std::size_t j = 0; j < diagonal_.n_elem; ++j) {
    if (diagonal_[j] <= kConstantShare * weight_ * mean_[j] * mean_[j]) diagonal_[j] = 0;
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
    const double value = weights_[s] * (samples_.value(rows_[s], j) - mean_[j]);
    if (value == 0) continue;
    sum += value;
    samples_.add_to(rows_[s], value, out.memptr());
  }
  out -= sum * mean_;
  return columns_.emplace(j, std::move(out)).first->second.memptr();
}

}  // namespace gridmill::models::linear
