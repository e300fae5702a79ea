#include "models/linear/ridge_system.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/family/model.hpp"

namespace gridmill::models::linear {

namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
/// Least diagonal, with alpha, as a share of the greatest: eigenvectors then err by 1e-10 at most.
constexpr double kAlike = 1e-6;

/// Solves gram w = products for the shortest w in which all features count alike; what is 0 but for rounding is 0.
arma::vec shortest_solution(const core::Matrix& gram, const arma::vec& products, double alpha) {
  arma::vec scale(gram.n_rows);
  for (std::size_t j = 0; j < scale.n_elem; ++j) {
    const double diagonal = gram(j, j) + alpha;
    scale[j] = diagonal > 0 ? 1 / std::sqrt(diagonal) : 0;
  }
  core::Matrix scaled = gram;
  scaled.diag() += alpha;
  scaled.each_col() %= scale;
  scaled.each_row() %= scale.t();
  const Spectrum spectrum(scaled);
  const arma::vec rotated = spectrum.vectors.t() * (products % scale);
  return scale % (spectrum.vectors * (spectrum.inverse(0) % rotated));
}

/// Solves gram w = products by its factors, which lose nothing where features are of different sizes.
arma::vec factored_solution(const core::Matrix& gram, const arma::vec& products, double alpha) {
  constexpr double kLeastPivot = 1e-13;  // as a share of the diagonal
  core::Matrix matrix = gram;
  matrix.diag() += alpha;
  for (std::size_t j = 0; j < matrix.n_rows; ++j) {
    if (!(matrix(j, j) > 0)) matrix(j, j) = 1;  // constant: its coefficient is 0
  }
  core::Matrix factor;
  if (!arma::chol(factor, matrix)) return shortest_solution(gram, products, alpha);
  for (std::size_t j = 0; j < matrix.n_rows; ++j) {
    if (factor(j, j) * factor(j, j) < kLeastPivot * matrix(j, j)) return shortest_solution(gram, products, alpha);
  }
  const arma::vec half = arma::solve(arma::trimatl(factor.t()), products, arma::solve_opts::fast);
  return arma::solve(arma::trimatu(factor), half, arma::solve_opts::fast);
}

}  // namespace

Spectrum::Spectrum(const core::Matrix& gram) {
  if (!arma::eig_sym(values, vectors, gram)) throw FitError("the features have no decomposition; scale the features");
  values.transform([](double value) { return std::max(0.0, value); });
}

arma::vec Spectrum::inverse(double alpha) const {
  const double rounding = values.empty() ? 0 : kEpsilon * static_cast<double>(values.n_elem) * values.max();
  arma::vec out(values.n_elem);
  for (std::size_t j = 0; j < out.n_elem; ++j) {
    const bool is_there = alpha > 0 || values[j] > 8 * rounding;
    out[j] = is_there ? 1 / (values[j] + alpha) : 0;
  }
  return out;
}

bool suits_spectrum(const core::Matrix& gram, double alpha) {
  double least = std::numeric_limits<double>::infinity();
  double most = 0;
  for (std::size_t j = 0; j < gram.n_rows; ++j) {
    if (gram(j, j) > 0) least = std::min(least, gram(j, j));
    most = std::max(most, gram(j, j));
  }
  return alpha > 1e-9 * most && least + alpha >= kAlike * most;
}

RidgeSolution PrimalRidge::solve(double alpha) {
  RidgeSolution out;
  if (suits_spectrum(equations_.gram, alpha)) {
    if (!spectrum_) {
      spectrum_.emplace(equations_.gram);
      rotated_ = spectrum_->vectors.t() * equations_.products;
    }
    const arma::vec inverse = spectrum_->inverse(alpha);
    out.coefficients = spectrum_->vectors * (inverse % rotated_);
    out.degrees_of_freedom = arma::dot(spectrum_->values, inverse);
  } else {
    out.coefficients = factored_solution(equations_.gram, equations_.products, alpha);
  }
  out.intercept = equations_.intercept(out.coefficients);
  return out;
}

core::Matrix products_of_rows(const Samples& samples, std::span<const core::Index> rows, const arma::vec& shift) {
  constexpr std::size_t kBlock = 256;  // rows
  const std::size_t n = rows.size();
  core::Matrix out(n, n);
  const auto block_of = [&](std::size_t first) {
    core::Matrix block(samples.n_features(), std::min(kBlock, n - first), arma::fill::zeros);
    block.each_col() -= shift;
    for (std::size_t s = 0; s < block.n_cols; ++s) samples.add_to(rows[first + s], 1.0, block.colptr(s));
    return block;
  };
  for (std::size_t a = 0; a < n; a += kBlock) {
    const core::Matrix left = block_of(a);
    if (samples.is_sparse()) {
      for (std::size_t s = 0; s < left.n_cols; ++s) {
        for (std::size_t t = 0; t < n; ++t) out(t, a + s) = samples.product(rows[t], left.colptr(s));
      }
      continue;
    }
    for (std::size_t b = 0; b <= a; b += kBlock) {
      const core::Matrix products = block_of(b).t() * left;
      out.submat(b, a, arma::size(products)) = products;
      out.submat(a, b, arma::size(products.n_cols, products.n_rows)) = products.t();
    }
  }
  return out;
}

DualRidge::DualRidge(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows,
                     bool fit_intercept, core::Matrix products)
    : samples_(samples), rows_(rows.begin(), rows.end()) {
  const WeightedRows known = weighted_rows(data, samples, rows, fit_intercept);
  mean_ = known.mean;
  target_mean_ = known.target_mean;
  if (products.empty()) {
    const Shift shift = shift_of(data, samples, rows, fit_intercept);
    products = products_of_rows(samples, rows, shift.x);
  }
  if (!products.is_finite()) {
    throw FitError("the products of features are beyond what a double holds; scale the features");
  }
  if (fit_intercept) {
    const arma::vec with_mean = products * known.weights / known.weight;
    const double of_mean = arma::dot(known.weights, with_mean) / known.weight;
    products.each_col() -= with_mean;
    products.each_row() -= with_mean.t();
    products += of_mean;
  }
  roots_ = arma::sqrt(known.weights);
  products.each_col() %= roots_;
  products.each_row() %= roots_.t();
  spectrum_.emplace(arma::symmatu(products));
  rotated_ = spectrum_->vectors.t() * (roots_ % known.targets);
}

RidgeSolution DualRidge::solve(double alpha) {
  const arma::vec inverse = spectrum_->inverse(alpha);
  const arma::vec dual = roots_ % (spectrum_->vectors * (inverse % rotated_));
  RidgeSolution out{.coefficients = -arma::accu(dual) * mean_,
                    .degrees_of_freedom = arma::dot(spectrum_->values, inverse)};
  for (std::size_t s = 0; s < rows_.size(); ++s) samples_.add_to(rows_[s], dual[s], out.coefficients.memptr());
  out.intercept = target_mean_ - arma::dot(mean_, out.coefficients);
  return out;
}

SparseRidge::SparseRidge(const core::Dataset& data, const Samples& samples, std::span<const core::Index> rows,
                         bool fit_intercept)
    : samples_(samples),
      rows_(rows.begin(), rows.end()),
      known_(weighted_rows(data, samples, rows, fit_intercept)),
      diagonal_(samples.n_features(), arma::fill::zeros),
      products_(known_.products(samples, rows)) {
  for (std::size_t s = 0; s < rows.size(); ++s) {
    const core::SparseSample sample = samples.sparse(rows[s]);
    for (std::size_t e = 0; e < sample.value.size(); ++e) {
      diagonal_[sample.feature[e]] += known_.weights[s] * sample.value[e] * sample.value[e];
    }
  }
  if (fit_intercept) {
    diagonal_ = arma::max(arma::vec(diagonal_.n_elem, arma::fill::zeros),
                          diagonal_ - known_.weight * arma::square(known_.mean));
  }
}

arma::vec SparseRidge::gram_times(const arma::vec& v) const {
  arma::vec out(v.n_elem, arma::fill::zeros);
  const double at_mean = arma::dot(known_.mean, v);
  double sum = 0;
  for (std::size_t s = 0; s < rows_.size(); ++s) {
    const double value = known_.weights[s] * (samples_.product(rows_[s], v.memptr()) - at_mean);
    sum += value;
    samples_.add_to(rows_[s], value, out.memptr());
  }
  return out - sum * known_.mean;
}

RidgeSolution SparseRidge::solve(double alpha) {
  constexpr double kTolerance = 1e-14;  // of the residual, as a share of the products
  const arma::vec scale = diagonal_ + std::max(alpha, kEpsilon * diagonal_.max());
  RidgeSolution out{.coefficients = arma::vec(known_.mean.n_elem, arma::fill::zeros)};
  arma::vec residual = products_;
  arma::vec step = residual / scale;
  double size = arma::dot(residual, step);
  const double enough = size * kTolerance * kTolerance;
  const double first_size = size;
  const std::size_t most = 10 * std::min<std::size_t>(rows_.size(), known_.mean.n_elem) + 100;
  for (std::size_t i = 0; i < most && size > enough; ++i) {
    const arma::vec image = gram_times(step) + alpha * step;
    const double length = size / arma::dot(step, image);
    if (!std::isfinite(length)) break;
    out.coefficients += length * step;
    residual -= length * image;
    const arma::vec next = residual / scale;
    const double next_size = arma::dot(residual, next);
    step = next + (next_size / size) * step;
    size = next_size;
    out.n_steps = i + 1;
  }
  out.gap = first_size > 0 ? std::sqrt(size / first_size) : 0;
  out.intercept = known_.target_mean - arma::dot(known_.mean, out.coefficients);
  return out;
}

}  // namespace gridmill::models::linear
