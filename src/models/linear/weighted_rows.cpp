#include "models/linear/weighted_rows.hpp"

#include <cstddef>

#include "models/family/model.hpp"

namespace gridmill::models::linear {

arma::vec WeightedRows::products(const Samples& samples, std::span<const core::Index> rows) const {
  arma::vec sums(mean.n_elem, arma::fill::zeros);
  for (std::size_t s = 0; s < rows.size(); ++s) samples.add_to(rows[s], weights[s] * targets[s], sums.memptr());
  return sums - arma::dot(weights, targets) * mean;
}

WeightedRows weighted_rows(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows,
                           bool fit_intercept) {
  WeightedRows out{.weights = arma::vec(rows.size()),
                   .mean = arma::vec(samples.n_features(), arma::fill::zeros),
                   .targets = arma::vec(rows.size())};
  for (std::size_t s = 0; s < rows.size(); ++s) {
    out.weights[s] = data.weight.empty() ? 1.0 : data.weight[rows[s]];
    out.targets[s] = data.y[rows[s]];
  }
  out.weight = arma::accu(out.weights);
  if (!(out.weight > 0)) throw FitError("all training samples have weight 0");
  if (!fit_intercept) return out;
  for (std::size_t s = 0; s < rows.size(); ++s) {
    samples.add_to(rows[s], out.weights[s] / out.weight, out.mean.memptr());
  }
  out.target_mean = arma::dot(out.weights, out.targets) / out.weight;
  out.targets -= out.target_mean;
  return out;
}

}  // namespace gridmill::models::linear
