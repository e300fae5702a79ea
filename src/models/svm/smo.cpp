#include "models/svm/smo.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gridmill::models::svm {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kSmallestCurvature = 1e-12;  // libsvm's TAU
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// The state of one solve. F = y G is kept instead of the gradient G: signs then leave all inner loops, and
/// since multiplying by +-1 is exact, every comparison comes out as in libsvm.
class Solver {
 public:
  Solver(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options)
      : problem_(problem),
        rows_(rows),
        options_(options),
        n_(rows.size()),
        alpha_(n_, 0.0),
        f_(n_),
        rises_(n_),
        falls_(n_) {
    for (std::size_t k = 0; k < n_; ++k) {
      f_[k] = problem.y[k] * problem.linear[k];
      update_bounds(k);
    }
  }

  SmoSolution run() {
    SmoSolution solution;
    Certificate& certificate = solution.certificate;
    const std::int64_t limit = iteration_limit();
    for (;;) {
      const std::size_t i = steepest();
      const std::size_t j = i == kNone ? kNone : partner(i);
      certificate.gap = gap_;
      certificate.converged = gap_ < options_.tolerance || j == kNone;
      if (certificate.converged) break;
      solution.status = limit_reached(certificate.iterations, limit);
      if (solution.status != FitStatus::ok) break;
      if (!move(i, j)) break;
      ++certificate.iterations;
    }
    finish(solution);
    return solution;
  }

 private:
  [[nodiscard]] std::int64_t iteration_limit() const {
    if (options_.max_iterations >= 0) return options_.max_iterations;
    return std::max<std::int64_t>(10'000'000, 100 * static_cast<std::int64_t>(n_));
  }

  [[nodiscard]] FitStatus limit_reached(std::int64_t iterations, std::int64_t limit) const {
    if (iterations >= limit) return FitStatus::iteration_limit;
    const bool look = options_.deadline && iterations % 128 == 0;
    if (look && Clock::now() >= *options_.deadline) return FitStatus::time_limit;
    return FitStatus::ok;
  }

  /// A variable that may move so that y a grows is in I_up ("rises"), so that it shrinks in I_low ("falls").
  void update_bounds(std::size_t k) {
    const bool can_grow = alpha_[k] < problem_.upper[k];
    const bool can_shrink = alpha_[k] > 0;
    rises_[k] = problem_.y[k] > 0 ? can_grow : can_shrink;
    falls_[k] = problem_.y[k] > 0 ? can_shrink : can_grow;
  }

  /// The last index of the least F in I_up.
  [[nodiscard]] std::size_t steepest() {
    std::size_t best = kNone;
    double least = kInfinity;
    double greatest = -kInfinity;
    for (std::size_t k = 0; k < n_; ++k) {
      if (rises_[k] != 0 && f_[k] <= least) {
        least = f_[k];
        best = k;
      }
      if (falls_[k] != 0) greatest = std::max(greatest, f_[k]);
    }
    gap_ = greatest - least;
    return best;
  }

  /// The last index of I_low with the greatest decrease of the objective together with i.
  [[nodiscard]] std::size_t partner(std::size_t i) {
    const float* row = rows_.row(i);
    const double own = rows_.diagonal(i);
    std::size_t best = kNone;
    double best_gain = 0;
    for (std::size_t k = 0; k < n_; ++k) {
      const double violation = f_[k] - f_[i];
      if (falls_[k] == 0 || !(violation > 0)) continue;
      const double gain =
          violation * violation / curvature(own + rows_.diagonal(k) - 2.0 * static_cast<double>(row[k]));
      if (gain >= best_gain) {
        best_gain = gain;
        best = k;
      }
    }
    return best;
  }

  [[nodiscard]] static double curvature(double value) { return value > 0 ? value : kSmallestCurvature; }

  /// Minimises over the pair; false when rounding lets neither variable change.
  bool move(std::size_t i, std::size_t j) {
    const float* row_i = rows_.row(i);
    const float* row_j = rows_.row(j);
    const double old_i = alpha_[i];
    const double old_j = alpha_[j];
    const double curve = curvature(rows_.diagonal(i) + rows_.diagonal(j) - 2.0 * static_cast<double>(row_i[j]));
    if (problem_.y[i] != problem_.y[j]) {
      move_together(i, j, curve);
    } else {
      move_apart(i, j, curve);
    }
    const double step_i = problem_.y[i] * (alpha_[i] - old_i);
    const double step_j = problem_.y[j] * (alpha_[j] - old_j);
    if (step_i == 0 && step_j == 0) return false;
    for (std::size_t k = 0; k < n_; ++k) {
      f_[k] += static_cast<double>(row_i[k]) * step_i + static_cast<double>(row_j[k]) * step_j;
    }
    update_bounds(i);
    update_bounds(j);
    return true;
  }

  /// Unequal signs: both grow or both shrink; their difference is kept when clipped to the box.
  void move_together(std::size_t i, std::size_t j, double curve) {
    double& a_i = alpha_[i];
    double& a_j = alpha_[j];
    const double c_i = problem_.upper[i];
    const double c_j = problem_.upper[j];
    const double delta = (-gradient(i) - gradient(j)) / curve;
    const double difference = a_i - a_j;
    a_i += delta;
    a_j += delta;
    if (difference > 0 && a_j < 0) {
      a_j = 0;
      a_i = difference;
    } else if (difference <= 0 && a_i < 0) {
      a_i = 0;
      a_j = -difference;
    }
    if (difference > c_i - c_j) {
      if (a_i > c_i) {
        a_i = c_i;
        a_j = c_i - difference;
      }
    } else if (a_j > c_j) {
      a_j = c_j;
      a_i = c_j + difference;
    }
  }

  /// Equal signs: one grows by what the other shrinks; their sum is kept when clipped to the box.
  void move_apart(std::size_t i, std::size_t j, double curve) {
    double& a_i = alpha_[i];
    double& a_j = alpha_[j];
    const double c_i = problem_.upper[i];
    const double c_j = problem_.upper[j];
    const double delta = (gradient(i) - gradient(j)) / curve;
    const double sum = a_i + a_j;
    a_i -= delta;
    a_j += delta;
    if (sum > c_i) {
      if (a_i > c_i) {
        a_i = c_i;
        a_j = sum - c_i;
      }
    } else if (a_j < 0) {
      a_j = 0;
      a_i = sum;
    }
    if (sum > c_j) {
      if (a_j > c_j) {
        a_j = c_j;
        a_i = sum - c_j;
      }
    } else if (a_i < 0) {
      a_i = 0;
      a_j = sum;
    }
  }

  [[nodiscard]] double gradient(std::size_t k) const { return problem_.y[k] * f_[k]; }

  /// The mean of F over free variables, or the middle of what the bounded ones allow.
  [[nodiscard]] double rho() const {
    double upper = kInfinity;
    double lower = -kInfinity;
    double sum = 0;
    std::size_t n_free = 0;
    for (std::size_t k = 0; k < n_; ++k) {
      if (rises_[k] != 0 && falls_[k] != 0) {
        ++n_free;
        sum += f_[k];
      } else if (rises_[k] != 0) {
        upper = std::min(upper, f_[k]);
      } else {
        lower = std::max(lower, f_[k]);
      }
    }
    return n_free > 0 ? sum / static_cast<double>(n_free) : (upper + lower) / 2;
  }

  void finish(SmoSolution& solution) {
    Certificate& certificate = solution.certificate;
    for (std::size_t k = 0; k < n_; ++k) {
      certificate.objective += alpha_[k] * (gradient(k) + problem_.linear[k]) / 2;
      certificate.n_support += alpha_[k] > 0 ? 1 : 0;
      certificate.n_bounded += alpha_[k] >= problem_.upper[k] ? 1 : 0;
    }
    if (!std::isfinite(certificate.gap)) certificate.gap = 0;  // nothing could move at all
    solution.rho = rho();
    solution.alpha = std::move(alpha_);
  }

  const SmoProblem& problem_;
  ProblemRows& rows_;
  const SmoOptions& options_;
  std::size_t n_;
  std::vector<double> alpha_;
  std::vector<double> f_;
  std::vector<std::uint8_t> rises_;
  std::vector<std::uint8_t> falls_;
  double gap_ = kInfinity;
};

}  // namespace

SmoSolution solve(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options) {
  return Solver(problem, rows, options).run();
}

}  // namespace gridmill::models::svm
