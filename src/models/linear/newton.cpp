#include "models/linear/newton.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "models/linear/coordinate_descent.hpp"
#include "models/linear/gram_columns.hpp"

namespace gridmill::models::linear {

namespace {

/// A Hessian of more coefficients than these is never made.
constexpr std::size_t kMostCoefficients = 1000;
/// Rounding of the loss: a step that promises less is done without asking whether it helped.
constexpr double kLossRounding = 1e-11;

class Newton {
 public:
  Newton(const LogisticLoss& loss, const LogisticSetting& setting, core::Matrix start)
      : loss_(loss),
        setting_(setting),
        w_(std::move(start)),
        margins_(loss.margins(w_)),
        l1_(setting.inverse_C * setting.l1_ratio),
        l2_(setting.inverse_C * (1 - setting.l1_ratio)) {}

  LogisticSolution run() {
    LogisticSolution out;
    const double size = loss_.at_zero();
    double value = objective(w_, margins_);
    for (bool is_over = false; !is_over && out.n_steps < setting_.max_steps; ++out.n_steps) {
      probabilities_ = loss_.probabilities(margins_);
      gradient_ = loss_.gradient(probabilities_) + l2_ * penalised(w_);
      core::Matrix step = direction(out.n_steps);
      const double promised = -slope(step);
      may_keep_factor_ = keeps_factor(promised / size, out.n_steps > 0 ? out.gap : 1);
      out.gap = std::isfinite(promised) ? std::max(0.0, promised) / size : promised;
      is_over = !(out.gap > setting_.tolerance);
      if (!std::isfinite(promised) || !(promised > 0)) break;
      if (!go(step, promised, value)) break;
      out.is_late = setting_.is_late && setting_.is_late();
      if (out.is_late) break;
    }
    out.intercepts = loss_.intercepts(w_);
    // What all classes have in common changes no probability.
    if (out.intercepts.n_elem > 1) out.intercepts -= arma::mean(out.intercepts);
    out.coefficients = std::move(w_);
    return out;
  }

 private:
  /// The coefficients that penalties know: all but the intercepts.
  [[nodiscard]] core::Matrix penalised(core::Matrix w) const {
    if (w.n_rows > loss_.n_features()) w.row(loss_.n_features()).zeros();
    return w;
  }
  [[nodiscard]] bool is_intercept(std::size_t place) const {
    return place % loss_.n_coefficients() == loss_.n_features();
  }
  [[nodiscard]] double penalty(const core::Matrix& w) const {
    const core::Matrix slopes = penalised(w);
    return l1_ * arma::accu(arma::abs(slopes)) + 0.5 * l2_ * arma::accu(arma::square(slopes));
  }
  [[nodiscard]] double objective(const core::Matrix& w, const core::Matrix& margins) const {
    return loss_.value(margins) + penalty(w);
  }
  /// How fast the objective changes along a step of Newton's, at most: what half of it promises is what the step gains.
  [[nodiscard]] double slope(const core::Matrix& step) const {
    double sum = arma::accu(gradient_ % step);
    if (l1_ > 0) sum += l1_ * (arma::accu(arma::abs(penalised(w_ + step))) - arma::accu(arma::abs(penalised(w_))));
    return sum;
  }

  /// Goes along the step as far as it gains; returns whether it did.
  bool go(const core::Matrix& step, double promised, double& value) {
    const core::Matrix change = loss_.margins(step);
    const bool is_tiny = promised <= kLossRounding * loss_.at_zero();
    for (double length = 1; length > 1e-10; length /= 2) {
      core::Matrix w = w_ + length * step;
      core::Matrix margins = margins_ + length * change;
      const double there = objective(w, margins);
      if (!is_tiny && !(there <= value - 1e-4 * length * promised)) continue;
      w_ = std::move(w);
      margins_ = std::move(margins);
      value = there;
      return true;
    }
    return false;
  }

  core::Matrix direction(std::int64_t n_steps) {
    if (l1_ > 0) return sparse_direction();
    const std::size_t n = w_.n_elem;
    if (n > kMostCoefficients) return conjugate_direction(n_steps);
    has_new_factor_ = !may_keep_factor_;
    if (has_new_factor_) {
      std::vector<std::size_t> places(n);
      std::iota(places.begin(), places.end(), std::size_t{0});
      core::Matrix hessian = loss_.hessian(probabilities_, places);
      for (std::size_t a = 0; a < n; ++a) hessian(a, a) += is_intercept(a) ? 0 : l2_;
      factor_ = factor_of(hessian);
    }
    const arma::vec half = arma::solve(arma::trimatl(factor_.t()), arma::vectorise(gradient_), arma::solve_opts::fast);
    const arma::vec step = arma::solve(arma::trimatu(factor_), half, arma::solve_opts::fast);
    return arma::reshape(-step, w_.n_rows, w_.n_cols);
  }

  /// Near the solution the second derivatives hardly change: steps with those of before gain nearly as much, and cost
  /// far less. Says whether the next step is to take them again.
  [[nodiscard]] bool keeps_factor(double gap, double gap_before) const {
    constexpr double kNear = 1e-5;
    constexpr double kGoodGain = 1e-2;
    return gap <= kNear && (has_new_factor_ || gap <= kGoodGain * gap_before);
  }

  /// Factors the Newton equations. Directions in which nothing changes (all functions of the classes alike, features
  /// that are sums of others) are held by a little of the diagonal.
  [[nodiscard]] static core::Matrix factor_of(const core::Matrix& hessian) {
    constexpr double kLeastPivot = 1e-12;
    for (double hold = 0; hold < 1; hold = std::max(1e-9, hold * 100)) {
      core::Matrix matrix = hessian;
      matrix.diag() *= 1 + hold;
      for (std::size_t a = 0; a < matrix.n_rows; ++a) {
        if (!(matrix(a, a) > 0)) matrix(a, a) = 1;  // a feature that is 0 everywhere
      }
      core::Matrix factor;
      if (!arma::chol(factor, matrix)) continue;
      const arma::vec pivots = arma::square(factor.diag()) / matrix.diag();
      if (hold == 0 && pivots.min() < kLeastPivot) continue;
      return factor;
    }
    return arma::diagmat(arma::sqrt(arma::max(hessian.diag(), arma::vec(hessian.n_rows, arma::fill::ones))));
  }

  /// Conjugate gradients with the Hessian's products: the better the nearer the solution is.
  [[nodiscard]] core::Matrix conjugate_direction(std::int64_t n_steps) const {
    core::Matrix scale = loss_.hessian_diagonal(probabilities_);
    for (std::size_t a = 0; a < scale.n_elem; ++a) {
      if (!is_intercept(a)) scale[a] += l2_;
      if (!(scale[a] > 0)) scale[a] = 1;
    }
    core::Matrix step(arma::size(w_), arma::fill::zeros);
    core::Matrix residual = -gradient_;
    core::Matrix way = residual / scale;
    double size = arma::accu(residual % way);
    const double exactness = std::pow(10.0, -2.0 - static_cast<double>(std::min<std::int64_t>(n_steps, 8)));
    const double enough = size * exactness * exactness;
    for (std::size_t i = 0; i < 10 * kMostCoefficients && size > enough; ++i) {
      const core::Matrix image = loss_.hessian_times(probabilities_, way) + l2_ * penalised(way);
      const double length = size / arma::accu(way % image);
      if (!std::isfinite(length)) break;
      step += length * way;
      residual -= length * image;
      const core::Matrix next = residual / scale;
      const double next_size = arma::accu(residual % next);
      way = next + (next_size / size) * way;
      size = next_size;
      if (setting_.is_late && setting_.is_late()) break;
    }
    return step;
  }

  /// The places that take part in a step: what is not 0, intercepts, and those among the others that want to move, the
  /// most eager first.
  [[nodiscard]] std::vector<std::size_t> working_places() const {
    std::vector<std::size_t> places;
    std::vector<std::pair<double, std::size_t>> eager;
    for (std::size_t a = 0; a < w_.n_elem; ++a) {
      if (w_[a] != 0 || is_intercept(a)) {
        places.push_back(a);
      } else if (std::abs(gradient_[a]) > l1_) {
        eager.emplace_back(-std::abs(gradient_[a]), a);
      }
    }
    std::ranges::sort(eager);
    for (const auto& [eagerness, place] : eager) {
      if (places.size() >= kMostCoefficients) break;
      places.push_back(place);
    }
    if (places.size() > kMostCoefficients) {
      std::ranges::sort(places, {}, [&](std::size_t a) { return std::pair(-violation(a), a); });
      places.resize(kMostCoefficients);
    }
    std::ranges::sort(places);
    return places;
  }
  /// How far a coefficient is from where the objective has no slope.
  [[nodiscard]] double violation(std::size_t place) const {
    if (is_intercept(place)) return std::abs(gradient_[place]);
    if (w_[place] == 0) return std::max(0.0, std::abs(gradient_[place]) - l1_);
    return std::abs(gradient_[place] + (w_[place] > 0 ? l1_ : -l1_));
  }

  [[nodiscard]] core::Matrix sparse_direction() const {
    const std::vector<std::size_t> places = working_places();
    core::Matrix step(arma::size(w_), arma::fill::zeros);
    if (places.empty()) return step;
    core::Matrix hessian = loss_.hessian(probabilities_, places);
    arma::vec here(places.size());
    arma::vec slopes(places.size());
    arma::vec penalties(places.size());
    for (std::size_t a = 0; a < places.size(); ++a) {
      here[a] = w_[places[a]];
      slopes[a] = gradient_[places[a]];
      penalties[a] = is_intercept(places[a]) ? 0 : l1_;
      hessian(a, a) = is_intercept(places[a]) ? hessian(a, a) : hessian(a, a) + l2_;
    }
    const arma::vec products = hessian * here - slopes;
    const WholeGram gram(hessian);
    const SparsePenaltyProblem problem{.gram = gram, .products = products, .penalty = penalties};
    DescentState state = descent_state(problem, here);
    (void)descend(problem, state, {.max_sweeps = 1000, .is_done = {}, .is_late = setting_.is_late});
    for (std::size_t a = 0; a < places.size(); ++a) step[places[a]] = state.coefficients[a] - here[a];
    return step;
  }

  const LogisticLoss& loss_;
  const LogisticSetting& setting_;
  core::Matrix w_;
  core::Matrix margins_;
  double l1_;
  double l2_;
  core::Matrix probabilities_;
  core::Matrix gradient_;  // of the loss and the squared penalty
  core::Matrix factor_;    // of the Hessian, of this step or one before
  bool may_keep_factor_ = false;
  bool has_new_factor_ = false;
};

}  // namespace

LogisticSolution minimise(const LogisticLoss& loss, const LogisticSetting& setting, core::Matrix start) {
  return Newton(loss, setting, std::move(start)).run();
}

}  // namespace gridmill::models::linear
