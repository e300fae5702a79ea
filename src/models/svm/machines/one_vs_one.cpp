#include "models/svm/machines/one_vs_one.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/svm/kernels/kernel_passes.hpp"

namespace gridmill::models::svm {

namespace {

/// scikit-learn's _ovr_decision_function for one sample: votes plus a bounded sum of confidences.
arma::vec one_vs_rest(std::size_t k, const double* pairs) {
  arma::vec votes(k, arma::fill::zeros);
  arma::vec confidence(k, arma::fill::zeros);
  for (std::size_t a = 0; a < k; ++a) {
    for (std::size_t b = a + 1; b < k; ++b, ++pairs) {
      confidence(a) += *pairs;
      confidence(b) -= *pairs;
      votes(*pairs < 0 ? b : a) += 1;
    }
  }
  return votes + confidence / (3 * (arma::abs(confidence) + 1));
}

}  // namespace

Decider::Decider(const OneVsOne& machine)
    : machine_(machine), stride_((machine.n_classes() - 1 + 7) / 8 * 8), sums_(stride_ * machine.n_classes()) {
  if (machine.n_classes() == 2) return;
  coefficients_.assign(stride_ * machine.n_support(), 0.0);
  for (std::size_t v = 0; v < machine.n_support(); ++v) {
    std::copy_n(machine.coefficients.colptr(v), machine.coefficients.n_rows, coefficients_.data() + v * stride_);
  }
}

void Decider::decide(std::span<const double> kernel, std::span<double> values) {
  const std::size_t k = machine_.n_classes();
  if (k == 2) {
    values[0] = weighted_sum(machine_.coefficients.memptr(), kernel.data(), kernel.size()) - machine_.rho[0];
    return;
  }
  for (std::size_t a = 0; a < k; ++a) {
    const std::size_t first = machine_.start[a];
    weighted_sums(coefficients_.data() + first * stride_, stride_, kernel.data() + first, machine_.start[a + 1] - first,
                  sums_.data() + a * stride_);
  }
  std::size_t pair = 0;
  for (std::size_t a = 0; a < k; ++a) {
    for (std::size_t b = a + 1; b < k; ++b, ++pair) {
      values[pair] = sums_[a * stride_ + b - 1] + sums_[b * stride_ + a] - machine_.rho[pair];
    }
  }
}

std::vector<double> OneVsOne::sensitivity() const {
  const std::size_t k = n_classes();
  core::Matrix sums(k - 1, k, arma::fill::zeros);
  for (std::size_t a = 0; a < k; ++a) {
    for (std::size_t v = start[a]; v < start[a + 1]; ++v) sums.col(a) += arma::abs(coefficients.col(v));
  }
  std::vector<double> out;
  for (std::size_t a = 0; a < k; ++a) {
    for (std::size_t b = a + 1; b < k; ++b) out.push_back(sums(b - 1, a) + sums(a, b));
  }
  return out;
}

double OneVsOne::vote(std::span<const double> pairs) const {
  std::vector<std::size_t> votes(n_classes(), 0);
  std::size_t pair = 0;
  for (std::size_t a = 0; a < n_classes(); ++a) {
    for (std::size_t b = a + 1; b < n_classes(); ++b, ++pair) {
      if (std::isnan(pairs[pair])) return std::numeric_limits<double>::quiet_NaN();
      ++votes[pairs[pair] > 0 ? a : b];
    }
  }
  const auto winner = std::ranges::max_element(votes) - votes.begin();
  return static_cast<double>(classes[static_cast<std::size_t>(winner)]);
}

core::Matrix Classifier::decision(const core::Matrix& pairs) const {
  const std::size_t k = machine.n_classes();
  if (k == 2) return -pairs;
  core::Matrix out(k, pairs.n_cols);
  for (std::size_t s = 0; s < pairs.n_cols; ++s) out.col(s) = one_vs_rest(k, pairs.colptr(s));
  return out;
}

Prediction Classifier::predict(const core::Matrix& pairs, Outputs wanted) const {
  const std::size_t k = machine.n_classes();
  const bool break_ties = ties == TieRule::decision && k > 2;
  const core::Matrix values = needs_values(wanted) ? decision(pairs) : core::Matrix();
  Prediction out;
  out.value.resize(pairs.n_cols);
  for (std::size_t s = 0; s < pairs.n_cols; ++s) {
    out.value[s] = machine.vote({pairs.colptr(s), pairs.n_rows});
    if (break_ties && !std::isnan(out.value[s])) {
      out.value[s] = static_cast<double>(machine.classes[values.col(s).index_max()]);
    }
  }
  if (wanted.decision) out.decision = spread(values);
  if (wanted.probability) {
    const core::Matrix probability = calibrated(sigmoids, values);
    out.probability.zeros(n_codes, pairs.n_cols);
    for (std::size_t a = 0; a < k; ++a) out.probability.row(machine.classes[a]) = probability.row(a);
  }
  return out;
}

core::Matrix Classifier::spread(const core::Matrix& values) const {
  const std::size_t k = machine.n_classes();
  if (n_codes == 2) return values;
  core::Matrix out(n_codes, values.n_cols);
  out.fill(-std::numeric_limits<double>::infinity());
  // scikit-learn has one value for two classes, whatever the others in the data; ours keeps one a class.
  for (std::size_t a = 0; a < k; ++a) {
    if (k > 2) {
      out.row(machine.classes[a]) = values.row(a);
    } else {
      out.row(machine.classes[a]) = (a == 0 ? -1.0 : 1.0) * values.row(0);
    }
  }
  return out;
}

}  // namespace gridmill::models::svm
