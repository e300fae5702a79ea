#include "models/linear/weighted_sums.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace gridmill::models::linear {

namespace {

double weight_of(const core::Dataset& data, core::Index row) { return data.weight.empty() ? 1.0 : data.weight[row]; }

/// Rows times the root of their weight, some at a time, so that the BLAS multiplies them.
void add_dense(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows, const Shift& shift,
               WeightedSums& sums) {
  const std::size_t d = samples.n_features();
  const std::size_t most = std::clamp<std::size_t>(d, 256, 4096);
  core::Matrix block;
  arma::vec roots;
  arma::vec targets;
  for (std::size_t first = 0; first < rows.size(); first += most) {
    const std::size_t n = std::min(most, rows.size() - first);
    block.set_size(d, n);
    roots.set_size(n);
    targets.set_size(n);
    for (std::size_t s = 0; s < n; ++s) {
      const core::Index row = rows[first + s];
      roots[s] = std::sqrt(weight_of(data, row));
      targets[s] = roots[s] * (data.y[row] - shift.y);
      const std::span<const double> sample = samples.dense(row);
      double* out = block.colptr(s);
      for (std::size_t j = 0; j < d; ++j) out[j] = roots[s] * (sample[j] - shift.x[j]);
    }
    sums.weight += arma::dot(roots, roots);
    sums.x += block * roots;
    sums.y += arma::dot(roots, targets);
    sums.xx += block * block.t();
    sums.xy += block * targets;
    sums.yy += arma::dot(targets, targets);
  }
}

void add_sparse(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows,
                const Shift& shift, WeightedSums& sums) {
  for (const core::Index row : rows) {
    const double weight = weight_of(data, row);
    const double y = data.y[row] - shift.y;
    const core::SparseSample sample = samples.sparse(row);
    for (std::size_t e = 0; e < sample.value.size(); ++e) {
      const double x = weight * sample.value[e];
      double* column = sums.xx.colptr(sample.feature[e]);
      for (std::size_t f = 0; f <= e; ++f) column[sample.feature[f]] += x * sample.value[f];
      sums.x[sample.feature[e]] += x;
      sums.xy[sample.feature[e]] += x * y;
    }
    sums.weight += weight;
    sums.y += weight * y;
    sums.yy += weight * y * y;
  }
  sums.xx = arma::symmatu(sums.xx);
}

/// A feature that hardly differs from its mean is constant but for rounding.
constexpr double kConstant = 1e-26;

}  // namespace

Shift shift_of(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows, bool centred) {
  Shift shift{.x = arma::vec(samples.n_features(), arma::fill::zeros)};
  if (!centred || rows.empty()) return shift;
  const auto n = static_cast<double>(rows.size());
  for (const core::Index row : rows) {
    if (!samples.is_sparse()) samples.add_to(row, 1.0, shift.x.memptr());
    shift.y += data.y[row];
  }
  shift.x /= n;
  shift.y /= n;
  return shift;
}

WeightedSums& WeightedSums::operator-=(const WeightedSums& part) {
  weight -= part.weight;
  x -= part.x;
  y -= part.y;
  xx -= part.xx;
  xy -= part.xy;
  yy -= part.yy;
  return *this;
}

WeightedSums sums_of(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows,
                     const Shift& shift) {
  const std::size_t d = samples.n_features();
  WeightedSums sums{.x = arma::vec(d, arma::fill::zeros),
                    .xx = core::Matrix(d, d, arma::fill::zeros),
                    .xy = arma::vec(d, arma::fill::zeros)};
  (samples.is_sparse() ? add_sparse : add_dense)(data, samples, rows, shift, sums);
  return sums;
}

NormalEquations normal_equations(WeightedSums sums, const Shift& shift, bool fit_intercept) {
  NormalEquations out{.weight = sums.weight,
                      .mean = arma::vec(sums.x.n_elem, arma::fill::zeros),
                      .gram = std::move(sums.xx),
                      .products = std::move(sums.xy),
                      .target_squares = sums.yy};
  if (!fit_intercept) return out;
  const double n = sums.weight;
  out.mean = shift.x + sums.x / n;
  out.target_mean = shift.y + sums.y / n;
  out.gram -= (sums.x / n) * sums.x.t();
  out.products -= sums.x * (sums.y / n);
  out.target_squares = std::max(0.0, sums.yy - sums.y * sums.y / n);
  for (std::size_t j = 0; j < out.mean.n_elem; ++j) {
    if (out.gram(j, j) > kConstant * n * out.mean[j] * out.mean[j]) continue;
    out.gram.row(j).zeros();
    out.gram.col(j).zeros();
    out.products[j] = 0;
  }
  return out;
}

std::vector<core::Index> other_rows(std::span<const core::Index> rows, std::size_t n) {
  std::vector<bool> is_there(n, false);
  for (const core::Index row : rows) is_there[row] = true;
  std::vector<core::Index> out;
  for (std::size_t i = 0; i < n; ++i) {
    if (!is_there[i]) out.push_back(static_cast<core::Index>(i));
  }
  return out;
}

}  // namespace gridmill::models::linear
