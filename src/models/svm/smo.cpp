#include "models/svm/smo.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "models/svm/smo_passes.hpp"
#include "models/svm/smo_variables.hpp"

namespace gridmill::models::svm {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// As often as libsvm looks for variables to set aside.
constexpr std::int64_t kLookEvery = 1000;
/// Copying rows of the part that is left pays when it is this much smaller.
constexpr double kWorthNarrowing = 0.7;

/// One solve: on all variables, or for a while on the part of them that has not been set aside.
class Solver {
 public:
  Solver(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options, const SmoStart* start)
      : problem_(problem), rows_(rows), options_(options), n_(rows.size()), zeros_(aligned_floats(n_)) {
    std::fill_n(zeros_.get(), padded(n_), 0.0F);
    all_.y = problem.y;
    all_.upper = problem.upper;
    all_.alpha = start == nullptr ? std::vector<double>(n_, 0.0) : start->alpha;
    all_.f.resize(padded(n_), 0.0);
    all_.diagonal.resize(padded(n_), 0.0);
    for (std::size_t k = 0; k < n_; ++k) {
      all_.f[k] = problem.y[k] * problem.linear[k] + (start == nullptr ? 0.0 : start->products[k]);
      all_.diagonal[k] = rows.diagonal(k);
    }
    all_.update_all_bounds();
    view_ = all_.view();
  }

  SmoSolution run() {
    SmoSolution solution;
    Certificate& certificate = solution.certificate;
    const std::int64_t limit = iteration_limit();
    std::int64_t until_look = kLookEvery;
    Extremes extremes = scan();
    for (;;) {
      if (optimal(extremes)) {
        if (complete_) break;
        extremes = return_to_all();
        until_look = kLookEvery;
        continue;
      }
      if (n_ >= kSmallProblem && --until_look == 0) {
        until_look = kLookEvery;
        extremes = set_aside(extremes);
      }
      const std::size_t i = extremes.index;
      const float* row_i = row(i);
      const std::size_t j = find_partner(view_, row_i, i);
      if (j == kNoVariable) break;  // of differences that vanish when squared
      solution.status = limit_reached(certificate.iterations, limit);
      if (solution.status != FitStatus::ok) break;
      const float* row_j = row(j);
      const Variables::Step step = current().move(i, j, row_i[j]);
      if (step.i == 0 && step.j == 0) break;  // rounding lets no pair move any more
      extremes = update_and_scan(view_, row_i, step.i, row_j, step.j);
      ++certificate.iterations;
    }
    if (!complete_) extremes = return_to_all();
    certificate.gap = extremes.greatest - extremes.least;
    certificate.converged = optimal(extremes);
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

  [[nodiscard]] bool optimal(const Extremes& extremes) const {
    return extremes.index == kNoVariable || extremes.greatest - extremes.least < options_.tolerance;
  }

  [[nodiscard]] Variables& current() { return narrowed() ? part_ : all_; }
  [[nodiscard]] bool narrowed() const { return !kept_.empty(); }
  [[nodiscard]] const float* row(std::size_t k) { return narrowed() ? rows_.narrow_row(k) : rows_.row(k); }

  /// The extremes of F as it is.
  [[nodiscard]] Extremes scan() { return update_and_scan(view_, zeros_.get(), 0.0, zeros_.get(), 0.0); }

  /// Sets aside what will stay at its bound, and goes on with the others alone if they are few enough.
  /// Setting aside leaves the extremes as they are.
  Extremes set_aside(const Extremes& extremes) {
    Variables& variables = current();
    const std::size_t left = variables.set_aside(extremes);
    complete_ = complete_ && left == n_;
    if (static_cast<double>(left) > kWorthNarrowing * static_cast<double>(variables.size())) return extremes;
    narrow();
    return scan();
  }

  void narrow() {
    std::vector<std::size_t> left;
    for (std::size_t k = 0; k < current().size(); ++k) {
      if (!current().is_aside(k)) left.push_back(k);
    }
    if (!narrowed()) alpha_of_f_ = all_.alpha;
    put_back();
    part_ = current().part(left);
    if (narrowed()) {
      for (std::size_t& k : left) k = kept_[k];
    }
    kept_ = std::move(left);
    rows_.narrow(kept_);
    view_ = part_.view();
  }

  /// Writes the alphas of the part where they belong.
  void put_back() {
    for (std::size_t k = 0; k < kept_.size(); ++k) all_.alpha[kept_[k]] = part_.alpha[k];
  }

  /// Takes back what was set aside, with F brought up to date.
  Extremes return_to_all() {
    const bool stale = narrowed();
    put_back();
    kept_.clear();
    complete_ = true;
    all_.update_all_bounds();
    view_ = all_.view();
    if (stale) catch_up();
    return scan();
  }

  /// Adds to F of all variables what has changed since they were left, two rows at a time.
  void catch_up() {
    std::vector<std::size_t> changed;
    for (std::size_t k = 0; k < n_; ++k) {
      if (all_.alpha[k] != alpha_of_f_[k]) changed.push_back(k);
    }
    const auto change = [&](std::size_t k) { return all_.y[k] * (all_.alpha[k] - alpha_of_f_[k]); };
    for (std::size_t c = 0; c < changed.size(); c += 2) {
      const std::size_t k = changed[c];
      const std::size_t l = changed[std::min(c + 1, changed.size() - 1)];
      const float* row_k = rows_.row(k);
      update_and_scan(view_, row_k, change(k), rows_.row(l), l == k ? 0.0 : change(l));
    }
  }

  /// The mean of F over free variables, or the middle of what the bounded ones allow.
  [[nodiscard]] double rho() const {
    double upper = kInfinity;
    double lower = -kInfinity;
    double sum = 0;
    std::size_t n_free = 0;
    for (std::size_t k = 0; k < n_; ++k) {
      if (all_.rises.test(k) && all_.falls.test(k)) {
        ++n_free;
        sum += all_.f[k];
      } else if (all_.rises.test(k)) {
        upper = std::min(upper, all_.f[k]);
      } else {
        lower = std::max(lower, all_.f[k]);
      }
    }
    return n_free > 0 ? sum / static_cast<double>(n_free) : (upper + lower) / 2;
  }

  void finish(SmoSolution& solution) {
    Certificate& certificate = solution.certificate;
    for (std::size_t k = 0; k < n_; ++k) {
      certificate.objective += all_.alpha[k] * (all_.y[k] * all_.f[k] + problem_.linear[k]) / 2;
      certificate.n_support += all_.alpha[k] > 0 ? 1 : 0;
      certificate.n_bounded += all_.alpha[k] >= problem_.upper[k] ? 1 : 0;
    }
    if (!std::isfinite(certificate.gap)) certificate.gap = 0;  // nothing could move at all
    solution.rho = rho();
    for (std::size_t k = 0; options_.keep_products && k < n_; ++k) {
      solution.products.push_back(all_.f[k] - problem_.y[k] * problem_.linear[k]);
    }
    solution.alpha = std::move(all_.alpha);
  }

  const SmoProblem& problem_;
  ProblemRows& rows_;
  const SmoOptions& options_;
  std::size_t n_;
  AlignedFloats zeros_;
  Variables all_;
  Variables part_;                  // while narrowed: all_'s F and bounds are then out of date
  std::vector<std::size_t> kept_;   // which variables those are; empty: not narrowed
  std::vector<double> alpha_of_f_;  // while narrowed: the alphas all_.f belongs to
  bool complete_ = true;            // nothing is set aside
  PassView view_{};
};

}  // namespace

SmoSolution solve(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options, const SmoStart* start) {
  return Solver(problem, rows, options, start).run();
}

}  // namespace gridmill::models::svm
