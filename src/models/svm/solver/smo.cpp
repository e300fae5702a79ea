#include "models/svm/solver/smo.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "models/svm/solver/conjugate_direction.hpp"
#include "models/svm/solver/part_rows.hpp"
#include "models/svm/solver/smo_march.hpp"
#include "models/svm/solver/smo_passes.hpp"
#include "models/svm/solver/smo_variables.hpp"

namespace gridmill::models::svm {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// As often as libsvm looks for variables to set aside.
constexpr std::int64_t kLookEvery = 1000;
/// Copying rows of the part that is left pays when it is this much smaller, and at most half of all: a quarter of the
/// matrix can be kept. What memory there is must not decide it, as results would then depend on that.
constexpr double kWorthNarrowing = 0.9;

/// A solve that has taken this many steps a variable goes on in float32 and along conjugate directions: short ones then
/// take libsvm's steps all the way, and most of the time goes into long ones.
constexpr double kLongSolve = 0.5;
/// Steps in float32 until F is computed anew: rounding adds up.
constexpr std::int64_t kRenewEvery = 50'000;
/// How often less than kLookEvery steps may be taken in float32 at a time.
constexpr int kShortVisits = 10;
/// F is taken to float32 if that resolves this fraction of the tolerance.
constexpr double kResolution = 1.0 / 64;
/// Rows that are read between two looks at the clock.
constexpr std::size_t kRowsBetweenLooks = 64;

/// On all variables, or for a while on the part of them that has not been set aside.
class Solver {
  /// Calls act(variables, rows) with those that are being solved.
  template <typename Act>
  auto with_current(const Act& act) {
    if (part_rows_) return in_float_ ? act(floats_, *part_rows_) : act(part_, *part_rows_);
    return in_float_ ? act(floats_, rows_) : act(all_, rows_);
  }

 public:
  Solver(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options, const SmoStart* start)
      : Solver(problem, rows, options) {
    for (std::size_t k = 0; k < n_; ++k) {
      const double constant = problem.y[k] * problem.linear[k];
      place(k, start == nullptr ? 0.0 : start->alpha[k], constant + (start == nullptr ? 0.0 : start->products[k]));
    }
    below_.holds = start == nullptr && options_.keep_state && n_ < kSmallProblem;
    begin();
  }

  Solver(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options, const SmoState& state)
      : Solver(problem, rows, options) {
    for (std::size_t k = 0; k < n_; ++k) place(k, state.alpha[k], state.f[k]);
    pace_.iterations = state.iterations;
    below_ = {.holds = options_.keep_state, .greatest = state.greatest};
    went_on_at_ = state.iterations;
    begin();
  }

  SmoSolution run() {
    while (pace_.status == FitStatus::ok) {
      const bool was_below = below_.holds;
      const Halt halt = with_current([&](auto& variables, auto& rows) { return march_on(variables, rows); });
      if (was_below) keep_state();
      if (was_below && !std::exchange(below_.holds, false)) continue;
      direction_.end();
      if (halt == Halt::look) {
        extremes_ = look_around(extremes_);
        pace_.until_look = kLookEvery;
        continue;
      }
      if (complete_ && at_home()) break;
      extremes_ = return_to_all();
      // Near the end the rest of float32's errors is best mended where it is seen; else there is more to set aside.
      const bool nearly = extremes_.greatest - extremes_.least < 2 * options_.tolerance;
      pace_.until_look = nearly ? kLookEvery : 2;
    }
    return solution();
  }

 private:
  Solver(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options)
      : problem_(problem), rows_(rows), options_(options), n_(rows.size()), pace_(options_, n_) {
    const std::size_t n_slots = rows.n_slots();
    all_.y.resize(n_slots, 1.0);
    all_.upper.resize(n_slots, 0.0);
    all_.alpha.resize(n_slots, 0.0);
    all_.f.resize(n_slots, 0.0);
    all_.diagonal.resize(n_slots, 1.0);
    all_.windows.assign(rows.windows().begin(), rows.windows().end());
  }

  void place(std::size_t k, double alpha, double f) {
    const std::size_t slot = rows_.slot(k);
    all_.y[slot] = problem_.y[k];
    all_.upper[slot] = problem_.upper[k];
    all_.alpha[slot] = alpha;
    all_.f[slot] = f;
    all_.diagonal[slot] = rows_.diagonal(slot);
  }

  /// To be called when all variables are in their places.
  void begin() {
    all_.update_all_bounds();
    if (n_ >= kSmallProblem) pace_.until_look = kLookEvery + 1;
    extremes_ = scan(all_.view());
  }

  /// Keeps where it is, unless that is where it began.
  void keep_state() {
    if (pace_.iterations == went_on_at_) return;
    state_.emplace(
        SmoState{.iterations = pace_.iterations, .greatest = below_.greatest, .tolerance = options_.tolerance});
    state_->alpha.reserve(n_);
    state_->f.reserve(n_);
    for (std::size_t k = 0; k < n_; ++k) {
      state_->alpha.push_back(all_.alpha[rows_.slot(k)]);
      state_->f.push_back(all_.f[rows_.slot(k)]);
    }
  }

  [[nodiscard]] SmoSolution solution() const {
    SmoSolution out{.state = state_, .rho = rho(), .status = pace_.status};
    Certificate& certificate = out.certificate;
    certificate.iterations = pace_.iterations;
    certificate.gap = extremes_.greatest - extremes_.least;
    certificate.converged = is_optimal(extremes_, options_.tolerance);
    if (!std::isfinite(certificate.gap)) certificate.gap = 0;  // nothing could move at all
    certificate.objective = objective();
    if (is_stale_) {
      certificate.converged = false;
      certificate.gap = certificate.objective = kInfinity;
    }
    out.alpha.reserve(n_);
    for (std::size_t k = 0; k < n_; ++k) {
      const double alpha = all_.alpha[rows_.slot(k)];
      certificate.n_support += alpha > 0 ? 1 : 0;
      certificate.n_bounded += alpha >= problem_.upper[k] ? 1 : 0;
      out.alpha.push_back(alpha);
      if (options_.keep_products) {
        out.products.push_back(all_.f[rows_.slot(k)] - problem_.y[k] * problem_.linear[k]);
      }
    }
    return out;
  }

  template <typename Rows>
  Halt march_on(Variables<double>& variables, Rows& rows) {
    if (below_.holds) return march(variables, rows, extremes_, pace_, StepsBelowUpper(variables, below_));
    return march(variables, rows, extremes_, pace_, PairSteps(variables));
  }
  template <typename Rows>
  Halt march_on(Variables<float>& variables, Rows& rows) {
    return march(variables, rows, extremes_, pace_, ConjugateSteps(variables, direction_));
  }

  [[nodiscard]] bool at_home() const { return !in_float_ && !part_rows_; }
  [[nodiscard]] std::size_t n_current() const { return part_rows_ ? part_rows_->kept().size() : n_; }

  /// Sets aside what will stay at its bound, and goes on without it, and in float32, where that pays.
  /// Setting aside leaves the extremes as they are.
  Extremes look_around(const Extremes& extremes) {
    Extremes now = extremes;
    if (in_float_ && pace_.iterations >= in_float_since_ + kRenewEvery) now = return_to_all();
    if (is_stale_) return now;
    const std::size_t left = with_current([&](auto& variables, auto& /*rows*/) { return variables.set_aside(now); });
    complete_ = complete_ && left == n_;
    const bool narrow =
        2 * left <= n_ && static_cast<double>(left) <= kWorthNarrowing * static_cast<double>(n_current());
    const bool change = !in_float_ && floats_improve_ && is_long() && resolves(now);
    return narrow || change ? go_on(now, narrow, in_float_ || change) : now;
  }

  [[nodiscard]] bool is_long() const {
    return static_cast<double>(pace_.iterations) >= kLongSolve * static_cast<double>(n_);
  }

  /// Says whether float32 can tell apart what matters, around the middle of the extremes of F.
  [[nodiscard]] bool resolves(const Extremes& extremes) {
    const double middle = (extremes.least + extremes.greatest) / 2;
    double farthest = 0;
    with_current([&](auto& variables, auto& /*rows*/) {
      for (std::size_t k = 0; k < variables.size(); ++k) {
        if (variables.is_aside(k)) continue;
        farthest = std::max(farthest, std::abs(static_cast<double>(variables.f[k]) - middle));
      }
    });
    return farthest * 0x1p-24 <= kResolution * options_.tolerance && n_current() < (std::size_t{1} << 24U);
  }

  /// Goes on with all that are being solved, or with those that are not set aside.
  Extremes go_on(const Extremes& extremes, bool narrow, bool in_float) {
    if (at_home()) alpha_of_f_ = all_.alpha;
    if (in_float && !in_float_) in_float_since_ = pace_.iterations;
    const double middle = in_float ? (extremes.least + extremes.greatest) / 2 : 0.0;
    put_back();
    std::vector<std::size_t> left;
    with_current([&](auto& variables, auto& /*rows*/) {
      for (std::size_t k = 0; narrow && k < variables.size(); ++k) {
        if (!variables.is_aside(k)) left.push_back(k);
      }
      if (in_float) {
        floats_ = narrow ? variables.template part<float>(left, middle) : variables.template as<float>(middle);
      } else {
        part_ = variables.template part<double>(left, middle);
      }
    });
    if (narrow) {
      if (part_rows_) {
        for (std::size_t& k : left) k = part_rows_->kept()[k];
      }
      part_rows_.emplace(rows_, std::move(left));
    }
    in_float_ = in_float;
    if (in_float_) direction_.take(floats_);
    return with_current([](auto& variables, auto& /*rows*/) { return scan(variables.view()); });
  }

  /// Writes the alphas where they belong.
  void put_back() {
    if (at_home()) return;
    const std::vector<double>& alpha = in_float_ ? floats_.alpha : part_.alpha;
    for (std::size_t k = 0; k < alpha.size(); ++k) all_.alpha[part_rows_ ? part_rows_->kept()[k] : k] = alpha[k];
  }

  /// Takes back what was set aside, with F brought up to date in double, if there is time.
  Extremes return_to_all() {
    complete_ = true;
    if (at_home()) {
      all_.update_all_bounds();
      return scan(all_.view());
    }
    put_back();
    part_rows_.reset();
    all_.update_all_bounds();
    if (!catch_up()) {
      is_stale_ = true;
      pace_.status = FitStatus::time_limit;
      in_float_ = false;
      return extremes_;
    }
    if (std::exchange(in_float_, false)) judge_floats();
    return scan(all_.view());
  }

  /// What float32 does not improve any more is left to double, and so is what it ends too soon too often.
  void judge_floats() {
    const double reached = objective();
    floats_improve_ = floats_improve_ && reached < objective_at_return_;
    objective_at_return_ = reached;
    if (pace_.iterations < in_float_since_ + kLookEvery && --short_visits_left_ == 0) floats_improve_ = false;
  }

  /// Adds to F of all variables what has changed since they were left, two rows at a time. Returns false if time runs
  /// out.
  [[nodiscard]] bool catch_up() {
    std::vector<std::size_t> changed;
    for (std::size_t k = 0; k < all_.size(); ++k) {
      if (all_.alpha[k] != alpha_of_f_[k]) changed.push_back(k);
    }
    const PassView<double> view = all_.view();
    const auto change = [&](std::size_t k) { return all_.y[k] * (all_.alpha[k] - alpha_of_f_[k]); };
    for (std::size_t c = 0; c < changed.size(); c += 2) {
      if (c % kRowsBetweenLooks == 0 && is_over(options_.deadline)) return false;
      const std::size_t k = changed[c];
      rows_.expect_in_turn(changed, c);
      const float* row_k = rows_.row(k);
      if (c + 1 == changed.size()) {
        update_and_scan(view, row_k, change(k), row_k, 0.0);
        break;
      }
      const std::size_t l = changed[c + 1];
      rows_.expect_in_turn(changed, c + 1);
      update_and_scan(view, row_k, change(k), rows_.row(l), change(l));
    }
    return true;
  }

  /// While nothing is set aside.
  [[nodiscard]] double objective() const {
    double sum = 0;
    for (std::size_t k = 0; k < n_; ++k) {
      const std::size_t slot = rows_.slot(k);
      sum += all_.alpha[slot] * (all_.y[slot] * all_.f[slot] + problem_.linear[k]) / 2;
    }
    return sum;
  }

  /// The mean of F over free variables, or the middle of what the bounded ones allow.
  [[nodiscard]] double rho() const {
    double upper = kInfinity;
    double lower = -kInfinity;
    double sum = 0;
    std::size_t n_free = 0;
    for (std::size_t k = 0; k < n_; ++k) {
      const std::size_t slot = rows_.slot(k);
      if (all_.rises.test(slot) && all_.falls.test(slot)) {
        ++n_free;
        sum += all_.f[slot];
      } else if (all_.rises.test(slot)) {
        upper = std::min(upper, all_.f[slot]);
      } else {
        lower = std::max(lower, all_.f[slot]);
      }
    }
    return n_free > 0 ? sum / static_cast<double>(n_free) : (upper + lower) / 2;
  }

  const SmoProblem& problem_;
  ProblemRows& rows_;
  SmoOptions options_;
  std::size_t n_;
  Pace pace_;
  Extremes extremes_{};    // of F of those that are being solved
  bool is_stale_ = false;  // time ran out while F was brought up to date
  BelowUpper below_;
  std::optional<SmoState> state_;  // the last before an upper bound was met
  std::int64_t went_on_at_ = 0;    // iterations of the state it began with
  Variables<double> all_;
  bool complete_ = true;  // nothing is set aside

  // Away from home, F and bounds of all_ are out of date.
  std::optional<PartRows> part_rows_;  // of the part that is being solved; none: all
  Variables<double> part_;
  bool in_float_ = false;
  Variables<float> floats_;         // the part, or all, with the middle of the extremes taken from F
  ConjugateDirection direction_;    // of floats_
  std::vector<double> alpha_of_f_;  // the alphas all_.f belongs to

  bool floats_improve_ = true;
  std::int64_t in_float_since_ = 0;  // iterations then
  int short_visits_left_ = kShortVisits;
  double objective_at_return_ = kInfinity;
};

[[noreturn]] void refuse_overflow() {
  throw FitError("kernel values are beyond what float32 holds; scale the features, or lower gamma, coef0 or degree");
}

}  // namespace

void require_float(double kernel) {
  if (!(std::abs(kernel) <= double{std::numeric_limits<float>::max()})) refuse_overflow();
}

namespace {

template <typename Start>
SmoSolution solve_from(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options, const Start& start) {
  // Of most kernels no entry is greater than the greatest on the diagonal; others show in the objective.
  for (std::size_t k = 0; k < rows.size(); ++k) require_float(rows.diagonal(rows.slot(k)));
  SmoSolution solution = Solver(problem, rows, options, start).run();
  if (solution.status != FitStatus::time_limit && !std::isfinite(solution.certificate.objective)) refuse_overflow();
  return solution;
}

}  // namespace

SmoSolution solve(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options, const SmoStart* start) {
  return solve_from(problem, rows, options, start);
}

SmoSolution solve(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options, const SmoState& state) {
  return solve_from(problem, rows, options, state);
}

bool leads_to(const SmoState& state, const SmoProblem& problem, const SmoOptions& options) {
  // A step that leaves both variables below their bounds has met none: a clipped one ends at its bound.
  return options.tolerance <= state.tolerance && state.greatest < *std::ranges::min_element(problem.upper) &&
         state.iterations <= Pace(options, problem.upper.size()).limit;
}

}  // namespace gridmill::models::svm
