#include "models/svm/smo.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "models/svm/smo_passes.hpp"

namespace gridmill::models::svm {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

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
        f_(padded(n_), 0.0),
        diagonal_(padded(n_), 0.0),
        rises_(n_),
        falls_(n_) {
    for (std::size_t k = 0; k < n_; ++k) {
      f_[k] = problem.y[k] * problem.linear[k];
      diagonal_[k] = rows.diagonal(k);
      update_bounds(k);
    }
    const bool unit = std::all_of(diagonal_.begin(), diagonal_.begin() + static_cast<std::ptrdiff_t>(n_),
                                  [](double value) { return value == 1.0; });
    view_ = {f_.data(), rises_.data(), falls_.data(), diagonal_.data(), unit, n_};
  }

  SmoSolution run() {
    SmoSolution solution;
    Certificate& certificate = solution.certificate;
    const std::int64_t limit = iteration_limit();
    Extremes extremes = scan();
    for (;;) {
      certificate.gap = extremes.greatest - extremes.least;
      certificate.converged = certificate.gap < options_.tolerance || extremes.index == kNoVariable;
      if (certificate.converged) break;
      const std::size_t i = extremes.index;
      const float* row_i = rows_.row(i);
      const std::size_t j = find_partner(view_, row_i, i);
      certificate.converged = j == kNoVariable;
      if (certificate.converged) break;
      solution.status = limit_reached(certificate.iterations, limit);
      if (solution.status != FitStatus::ok) break;
      const float* row_j = rows_.row(j);
      const Step step = move(i, j, row_i[j]);
      if (step.i == 0 && step.j == 0) break;  // rounding lets no pair move any more
      extremes = update_and_scan(view_, row_i, step.i, row_j, step.j);
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
    rises_.assign(k, problem_.y[k] > 0 ? can_grow : can_shrink);
    falls_.assign(k, problem_.y[k] > 0 ? can_shrink : can_grow);
  }

  /// The extremes of F before the first step.
  [[nodiscard]] Extremes scan() {
    const AlignedFloats zeros = aligned_floats(n_);
    std::fill_n(zeros.get(), padded(n_), 0.0F);
    return update_and_scan(view_, zeros.get(), 0.0, zeros.get(), 0.0);
  }

  /// By how much y alpha of the pair changed.
  struct Step {
    double i, j;
  };

  /// Minimises over the pair.
  Step move(std::size_t i, std::size_t j, float kernel) {
    const double old_i = alpha_[i];
    const double old_j = alpha_[j];
    const double value = diagonal_[i] + diagonal_[j] - 2.0 * static_cast<double>(kernel);
    const double curve = value > 0 ? value : kSmallestCurvature;
    if (problem_.y[i] != problem_.y[j]) {
      move_together(i, j, curve);
    } else {
      move_apart(i, j, curve);
    }
    update_bounds(i);
    update_bounds(j);
    return {.i = problem_.y[i] * (alpha_[i] - old_i), .j = problem_.y[j] * (alpha_[j] - old_j)};
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
      if (rises_.test(k) && falls_.test(k)) {
        ++n_free;
        sum += f_[k];
      } else if (rises_.test(k)) {
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
  std::vector<double> f_;         // padded
  std::vector<double> diagonal_;  // padded
  Bits rises_;
  Bits falls_;
  PassView view_{};
};

}  // namespace

SmoSolution solve(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options) {
  return Solver(problem, rows, options).run();
}

}  // namespace gridmill::models::svm
