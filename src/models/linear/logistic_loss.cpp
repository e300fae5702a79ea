#include "models/linear/logistic_loss.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gridmill::models::linear {

namespace {

/// log(1 + exp(x)), exactly for large x of either sign.
double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

double sigmoid(double x) {
  if (x >= 0) return 1 / (1 + std::exp(-x));
  const double e = std::exp(x);
  return e / (1 + e);
}

double log_of_sum(const double* margins, std::size_t n) {
  const double greatest = *std::max_element(margins, margins + n);
  double sum = 0;
  for (std::size_t k = 0; k < n; ++k) sum += std::exp(margins[k] - greatest);
  return greatest + std::log(sum);
}

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

}  // namespace

LogisticLoss::LogisticLoss(const Samples& samples, Rows rows, bool fit_intercept)
    : samples_(samples),
      rows_(std::move(rows)),
      fit_intercept_(fit_intercept),
      mean_(samples.n_features(), arma::fill::zeros) {
  if (samples.is_sparse() || !fit_intercept) return;
  const std::span<const double> first = samples.dense(rows_.samples.front());
  std::vector<bool> is_constant(first.size(), true);
  for (const core::Index row : rows_.samples) {
    const std::span<const double> sample = samples.dense(row);
    for (std::size_t j = 0; j < sample.size(); ++j) {
      mean_[j] += sample[j] / static_cast<double>(n_rows());
      if (sample[j] != first[j]) is_constant[j] = false;
    }
  }
  for (std::size_t j = 0; j < first.size(); ++j) {
    if (is_constant[j]) mean_[j] = first[j];  // rounding must not make a feature of it
  }
}

arma::vec LogisticLoss::intercepts(const core::Matrix& coefficients) const {
  arma::vec out(n_functions(), arma::fill::zeros);
  if (!fit_intercept_) return out;
  for (std::size_t k = 0; k < out.n_elem; ++k) {
    out[k] = coefficients(n_features(), k) - arma::dot(mean_, coefficients.col(k).head(n_features()));
  }
  return out;
}

double LogisticLoss::at_zero() const {
  double weight = 0;
  for (const double each : rows_.weights) weight += each;
  return weight * std::log(static_cast<double>(rows_.n_classes));
}

core::Matrix LogisticLoss::margins(const core::Matrix& coefficients) const {
  core::Matrix out(n_functions(), n_rows());
  const arma::vec at_zero = intercepts(coefficients);
  for (std::size_t s = 0; s < n_rows(); ++s) {
    for (std::size_t k = 0; k < out.n_rows; ++k) {
      out(k, s) = samples_.product(rows_.samples[s], coefficients.colptr(k)) + at_zero[k];
    }
  }
  return out;
}

double LogisticLoss::value(const core::Matrix& margins) const {
  double sum = 0;
  for (std::size_t s = 0; s < n_rows(); ++s) {
    if (rows_.weights[s] == 0) continue;
    const double* at = margins.colptr(s);
    const std::size_t own = rows_.classes[s];
    const double loss =
        rows_.n_classes == 2 ? softplus(own == 1 ? -*at : *at) : log_of_sum(at, margins.n_rows) - at[own];
    sum += rows_.weights[s] * loss;
  }
  return sum;
}

core::Matrix LogisticLoss::probabilities(const core::Matrix& margins) const {
  core::Matrix out(margins.n_rows, margins.n_cols);
  for (std::size_t s = 0; s < margins.n_cols; ++s) {
    const double* at = margins.colptr(s);
    if (rows_.n_classes == 2) {
      out(0, s) = sigmoid(*at);
      continue;
    }
    const double sum = log_of_sum(at, margins.n_rows);
    for (std::size_t k = 0; k < margins.n_rows; ++k) out(k, s) = std::exp(at[k] - sum);
  }
  return out;
}

core::Matrix LogisticLoss::sum_of_rows(const core::Matrix& factors) const {
  core::Matrix out(n_coefficients(), n_functions(), arma::fill::zeros);
  for (std::size_t s = 0; s < n_rows(); ++s) {
    for (std::size_t k = 0; k < factors.n_rows; ++k) {
      const double factor = factors(k, s);
      if (factor == 0) continue;
      samples_.add_to(rows_.samples[s], factor, out.colptr(k));
      if (fit_intercept_) out(n_features(), k) += factor;
    }
  }
  for (std::size_t k = 0; fit_intercept_ && k < out.n_cols; ++k) {
    out.col(k).head(n_features()) -= out(n_features(), k) * mean_;
  }
  return out;
}

core::Matrix LogisticLoss::gradient(const core::Matrix& probabilities) const {
  core::Matrix factors(probabilities.n_rows, probabilities.n_cols);
  for (std::size_t s = 0; s < n_rows(); ++s) {
    for (std::size_t k = 0; k < factors.n_rows; ++k) {
      const bool is_own = rows_.classes[s] == (rows_.n_classes == 2 ? 1 : k);
      factors(k, s) = rows_.weights[s] * (probabilities(k, s) - (is_own ? 1 : 0));
    }
  }
  return sum_of_rows(factors);
}

core::Matrix LogisticLoss::hessian_times(const core::Matrix& probabilities, const core::Matrix& direction) const {
  core::Matrix factors = margins(direction);
  for (std::size_t s = 0; s < n_rows(); ++s) {
    double mean = 0;
    if (rows_.n_classes == 2) {
      mean = probabilities(0, s) * factors(0, s);
    } else {
      for (std::size_t k = 0; k < factors.n_rows; ++k) mean += probabilities(k, s) * factors(k, s);
    }
    for (std::size_t k = 0; k < factors.n_rows; ++k) {
      factors(k, s) = rows_.weights[s] * probabilities(k, s) * (factors(k, s) - mean);
    }
  }
  return sum_of_rows(factors);
}

core::Matrix LogisticLoss::hessian_diagonal(const core::Matrix& probabilities) const {
  core::Matrix out(n_coefficients(), n_functions(), arma::fill::zeros);
  for (std::size_t s = 0; s < n_rows(); ++s) {
    for (std::size_t k = 0; k < out.n_cols; ++k) {
      const double p = probabilities(k, s);
      const double factor = rows_.weights[s] * p * (1 - p);
      double* column = out.colptr(k);
      if (samples_.is_sparse()) {
        const core::SparseSample sample = samples_.sparse(rows_.samples[s]);
        for (std::size_t e = 0; e < sample.value.size(); ++e) {
          column[sample.feature[e]] += factor * sample.value[e] * sample.value[e];
        }
      } else {
        const std::span<const double> sample = samples_.dense(rows_.samples[s]);
        for (std::size_t j = 0; j < sample.size(); ++j) {
          column[j] += factor * (sample[j] - mean_[j]) * (sample[j] - mean_[j]);
        }
      }
      if (fit_intercept_) column[n_features()] += factor;
    }
  }
  return out;
}

core::Matrix LogisticLoss::hessian(const core::Matrix& probabilities, std::span<const std::size_t> places) const {
  std::vector<std::size_t> features;
  for (const std::size_t place : places) features.push_back(place % n_coefficients());
  std::ranges::sort(features);
  features.erase(std::unique(features.begin(), features.end()), features.end());
  const std::size_t width = features.size();
  core::Matrix all(width * n_functions(), width * n_functions(), arma::fill::zeros);
  if (samples_.is_sparse()) {
    add_sparse(probabilities, features, all);
  } else {
    add_dense(probabilities, features, all);
  }
  if (all.n_rows == places.size()) return all;
  arma::uvec chosen(places.size());
  for (std::size_t a = 0; a < places.size(); ++a) {
    const auto at = std::ranges::lower_bound(features, places[a] % n_coefficients()) - features.begin();
    chosen[a] = places[a] / n_coefficients() * width + static_cast<std::size_t>(at);
  }
  return all.submat(chosen, chosen);
}

/// The second derivatives are those of independent functions less the products of what the functions share.
void LogisticLoss::add_dense(const core::Matrix& probabilities, const std::vector<std::size_t>& features,
                             core::Matrix& out) const {
  constexpr std::size_t kBlock = 512;  // rows
  const std::size_t width = features.size();
  const std::size_t n = n_functions();
  core::Matrix block;
  core::Matrix scaled;
  for (std::size_t first = 0; first < n_rows(); first += kBlock) {
    const std::size_t count = std::min(kBlock, n_rows() - first);
    block.set_size(width, count);
    for (std::size_t s = 0; s < count; ++s) {
      const std::span<const double> sample = samples_.dense(rows_.samples[first + s]);
      double* to = block.colptr(s);
      for (std::size_t a = 0; a < width; ++a) {
        to[a] = features[a] < sample.size() ? sample[features[a]] - mean_[features[a]] : 1;
      }
    }
    core::Matrix shared(n > 1 ? n * width : 0, n > 1 ? count : 0);
    for (std::size_t k = 0; k < n; ++k) {
      scaled = block;
      for (std::size_t s = 0; s < count; ++s) {
        const double p = probabilities(k, first + s);
        const double weight = rows_.weights[first + s];
        scaled.col(s) *= std::sqrt(weight * (n > 1 ? p : p * (1 - p)));
        if (n > 1) shared.submat(k * width, s, (k + 1) * width - 1, s) = block.col(s) * (std::sqrt(weight) * p);
      }
      const core::Matrix product = scaled * scaled.t();
      out.submat(k * width, k * width, arma::size(product)) += product;
    }
    if (n > 1) out -= shared * shared.t();
  }
}

void LogisticLoss::add_sparse(const core::Matrix& probabilities, const std::vector<std::size_t>& features,
                              core::Matrix& out) const {
  const std::size_t width = features.size();
  const std::size_t n = n_functions();
  std::vector<std::size_t> place(n_features() + 1, kNone);
  for (std::size_t a = 0; a < width; ++a) place[features[a]] = a;
  std::vector<std::size_t> at;
  std::vector<double> x;
  for (std::size_t s = 0; s < n_rows(); ++s) {
    const core::SparseSample sample = samples_.sparse(rows_.samples[s]);
    at.clear();
    x.clear();
    for (std::size_t e = 0; e < sample.value.size(); ++e) {
      if (place[sample.feature[e]] == kNone) continue;
      at.push_back(place[sample.feature[e]]);
      x.push_back(sample.value[e]);
    }
    if (place[n_features()] != kNone) {
      at.push_back(place[n_features()]);
      x.push_back(1);
    }
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t l = 0; l <= k; ++l) {
        const double p = probabilities(k, s);
        const double factor = rows_.weights[s] * p * ((k == l ? 1 : 0) - probabilities(l, s));
        if (factor == 0) continue;
        for (std::size_t e = 0; e < at.size(); ++e) {
          double* column = out.colptr(k * width + at[e]) + l * width;
          const double value = factor * x[e];
          const std::size_t end = k == l ? e + 1 : at.size();  // of a symmetric block one half
          for (std::size_t f = 0; f < end; ++f) column[at[f]] += value * x[f];
        }
      }
    }
  }
  out = arma::symmatu(out);
}

}  // namespace gridmill::models::linear
