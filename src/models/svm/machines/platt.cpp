#include "models/svm/machines/platt.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace gridmill::models::svm {

namespace {

constexpr int kMaxNewtonSteps = 100;
constexpr double kSmallestStep = 1e-10;
constexpr double kPlattRidge = 1e-12;
constexpr double kGradientTolerance = 1e-9;

/// The negative log likelihood with its derivatives; written so that no exponential overflows.
struct Likelihood {
  double value = 0;
  double d_a = 0, d_b = 0;
  double d_aa = kPlattRidge, d_ab = 0, d_bb = kPlattRidge;
};

Likelihood likelihood(const Sigmoid& sigmoid, std::span<const double> f, std::span<const double> target,
                      std::span<const double> weight) {
  Likelihood out;
  for (std::size_t i = 0; i < f.size(); ++i) {
    const double w = weight.empty() ? 1.0 : weight[i];
    const double z = sigmoid.a * f[i] + sigmoid.b;
    const double tail = std::exp(-std::abs(z));
    const double p = z >= 0 ? tail / (1 + tail) : 1 / (1 + tail);
    out.value += w * ((z >= 0 ? target[i] : target[i] - 1) * z + std::log1p(tail));
    const double first = w * (target[i] - p);
    const double second = w * p * (1 - p);
    out.d_a += first * f[i];
    out.d_b += first;
    out.d_aa += second * f[i] * f[i];
    out.d_ab += second * f[i];
    out.d_bb += second;
  }
  return out;
}

/// Platt's targets: class frequencies pulled away from 0 and 1.
std::vector<double> targets(std::span<const double> positive, double n_positive, double n_negative) {
  std::vector<double> out(positive.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = positive[i] > 0 ? (n_positive + 1) / (n_positive + 2) : 1 / (n_negative + 2);
  }
  return out;
}

}  // namespace

double Sigmoid::probability(double decision) const {
  const double z = a * decision + b;
  return z >= 0 ? std::exp(-z) / (1 + std::exp(-z)) : 1 / (1 + std::exp(z));
}

Sigmoid fit_sigmoid(std::span<const double> decision, std::span<const double> positive,
                    std::span<const double> weight) {
  double n_positive = 0;
  double n_negative = 0;
  for (std::size_t i = 0; i < positive.size(); ++i) {
    (positive[i] > 0 ? n_positive : n_negative) += weight.empty() ? 1.0 : weight[i];
  }
  const std::vector<double> target = targets(positive, n_positive, n_negative);

  Sigmoid sigmoid{.a = 0, .b = std::log((n_negative + 1) / (n_positive + 1))};
  Likelihood here = likelihood(sigmoid, decision, target, weight);
  for (int step = 0; step < kMaxNewtonSteps; ++step) {
    if (std::abs(here.d_a) < kGradientTolerance && std::abs(here.d_b) < kGradientTolerance) break;
    const double determinant = here.d_aa * here.d_bb - here.d_ab * here.d_ab;
    const double move_a = -(here.d_bb * here.d_a - here.d_ab * here.d_b) / determinant;
    const double move_b = -(here.d_aa * here.d_b - here.d_ab * here.d_a) / determinant;
    const double slope = here.d_a * move_a + here.d_b * move_b;
    bool moved = false;
    for (double size = 1; size >= kSmallestStep && !moved; size /= 2) {
      const Sigmoid next{.a = sigmoid.a + size * move_a, .b = sigmoid.b + size * move_b};
      const Likelihood there = likelihood(next, decision, target, weight);
      if (there.value < here.value + 1e-4 * size * slope) {
        sigmoid = next;
        here = there;
        moved = true;
      }
    }
    if (!moved) break;
  }
  return sigmoid;
}

core::Matrix calibrated(std::span<const Sigmoid> sigmoids, const core::Matrix& decision) {
  const std::size_t n = decision.n_cols;
  if (sigmoids.size() == 1) {
    core::Matrix out(2, n);
    for (std::size_t s = 0; s < n; ++s) {
      out(1, s) = sigmoids[0].probability(decision(0, s));
      out(0, s) = 1 - out(1, s);
    }
    return out;
  }
  core::Matrix out(sigmoids.size(), n);
  for (std::size_t s = 0; s < n; ++s) {
    for (std::size_t c = 0; c < sigmoids.size(); ++c) out(c, s) = sigmoids[c].probability(decision(c, s));
    const double sum = arma::accu(out.col(s));
    if (sum != 0) {
      out.col(s) /= sum;
    } else {
      out.col(s).fill(1 / static_cast<double>(sigmoids.size()));
    }
  }
  return out;
}

std::vector<std::size_t> stratified_folds(std::span<const double> y, std::size_t n_folds) {
  std::map<double, std::size_t> code;  // by first appearance, as scikit-learn numbers them
  std::vector<std::size_t> count;
  std::vector<std::size_t> encoded;
  for (const double label : y) {
    const auto [at, fresh] = code.try_emplace(label, count.size());
    if (fresh) count.push_back(0);
    ++count[at->second];
    encoded.push_back(at->second);
  }
  // Dealing the sorted labels like cards gives each fold its share of each class.
  std::vector<std::vector<std::size_t>> share(count.size(), std::vector<std::size_t>(n_folds, 0));
  std::size_t card = 0;
  for (std::size_t c = 0; c < count.size(); ++c) {
    for (std::size_t i = 0; i < count[c]; ++i) ++share[c][card++ % n_folds];
  }
  std::vector<std::size_t> current(count.size(), 0);
  std::vector<std::size_t> fold;
  for (const std::size_t c : encoded) {
    while (share[c][current[c]] == 0) ++current[c];
    --share[c][current[c]];
    fold.push_back(current[c]);
  }
  return fold;
}

}  // namespace gridmill::models::svm
