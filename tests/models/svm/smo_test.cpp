// The solver against libsvm itself, run in this process on the same kernel matrix.
#include "models/svm/solver/smo.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <random>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <hwy/highway.h>

#include "brief.hpp"
#include "given_rows.hpp"
#include "libsvm_reference.hpp"
#include "models/svm/kernels/kernel_rows.hpp"
#include "models/svm/machines/solution_chain.hpp"
#include "models/svm/solver/bound_start.hpp"

namespace gridmill::models::svm::test {
namespace {

struct Problem {
  core::Matrix kernel;
  SmoProblem smo;
};

SmoProblem labels(std::size_t n_positive, std::size_t n_negative, double c_positive, double c_negative) {
  SmoProblem out{.y = std::vector<double>(n_positive, 1.0),
                 .linear = std::vector<double>(n_positive + n_negative, -1.0),
                 .upper = std::vector<double>(n_positive, c_positive)};
  out.y.insert(out.y.end(), n_negative, -1.0);
  out.upper.insert(out.upper.end(), n_negative, c_negative);
  return out;
}

/// The rbf kernel of two overlapping clouds.
Problem clouds(unsigned seed, std::size_t n_positive, std::size_t n_negative, double gamma, double C) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  const std::size_t n = n_positive + n_negative;
  core::Matrix x(3, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t f = 0; f < 3; ++f) x(f, i) = normal(random) + (i < n_positive ? 0.7 : 0.0);
  }
  core::Matrix kernel(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double value = std::exp(-gamma * arma::accu(arma::square(x.col(i) - x.col(j))));
      kernel(j, i) = static_cast<double>(static_cast<float>(value));  // both solvers then start from the same bits
    }
  }
  return {std::move(kernel), labels(n_positive, n_negative, C, C)};
}

std::vector<core::Index> positions_of(const Problem& problem, std::size_t spread = 1) {
  std::vector<core::Index> positions;
  for (std::size_t k = 0; k < problem.smo.y.size(); ++k) positions.push_back(static_cast<core::Index>(k * spread));
  return positions;
}

SmoSolution solve(const Problem& problem, const SmoOptions& options, std::size_t copy_bytes = 1U << 20U,
                  const SmoStart* start = nullptr) {
  GivenRows source(problem.kernel);
  ProblemMemory memory(copy_bytes);
  ProblemRows rows(source, positions_of(problem), memory);
  return svm::solve(problem.smo, rows, options, start);
}

/// The same where samples are so far apart that rows are copied.
SmoSolution solve_scattered(const Problem& problem, std::size_t copy_bytes) {
  constexpr std::size_t kSpread = 3;
  GivenRows source(problem.kernel, kSpread);
  ProblemMemory memory(copy_bytes);
  ProblemRows rows(source, positions_of(problem, kSpread), memory);
  return svm::solve(problem.smo, rows, {}, nullptr);
}

void expect_same_as_libsvm(const Problem& problem) {
  const SmoSolution ours = solve(problem, {});
  const ReferenceSolution libsvm = libsvm_solve(problem.kernel, problem.smo, 1e-3);
  EXPECT_TRUE(ours.certificate.converged);
  EXPECT_EQ(ours.status, FitStatus::ok);
  EXPECT_LT(ours.certificate.gap, 1e-3);
  for (std::size_t k = 0; k < ours.alpha.size(); ++k) {
    // The same steps in the same order: the same bits.
    ASSERT_EQ(problem.smo.y[k] * ours.alpha[k], libsvm.coefficient[k]) << "variable " << k;
  }
  EXPECT_EQ(ours.rho, libsvm.rho);
  EXPECT_NEAR(ours.certificate.objective, libsvm.objective, 1e-9 * std::max(1.0, std::abs(libsvm.objective)));
}

TEST(Smo, takes_the_steps_of_libsvm_on_random_problems) {
  unsigned seed = 0;
  for (const double gamma : {0.01, 0.5, 10.0}) {
    for (const double C : {1e-3, 1.0, 100.0}) {
      SCOPED_TRACE(fmt::format("gamma {} C {}", gamma, C));
      expect_same_as_libsvm(clouds(++seed, 37, 52, gamma, C));
    }
  }
}

TEST(Smo, breaks_ties_like_libsvm_on_the_identity) {
  for (const double C : {1e-4, 0.7, 1e4}) {
    for (const auto& [positive, negative] : {std::pair{20U, 20U}, std::pair{13U, 20U}, std::pair{21U, 8U}}) {
      SCOPED_TRACE(fmt::format("C {} classes {} and {}", C, positive, negative));
      const std::size_t n = positive + negative;
      expect_same_as_libsvm({core::Matrix(n, n, arma::fill::eye), labels(positive, negative, C, C)});
      expect_same_as_libsvm({core::Matrix(n, n, arma::fill::eye), labels(positive, negative, C, 3 * C)});
    }
  }
}

TEST(Smo, breaks_ties_like_libsvm_when_all_samples_are_alike) {
  expect_same_as_libsvm({core::Matrix(30, 30, arma::fill::ones), labels(12, 18, 1, 1)});
}

TEST(Smo, solves_two_samples) {
  const SmoSolution ours = solve({core::Matrix(2, 2, arma::fill::eye), labels(1, 1, 10, 10)}, {});
  EXPECT_DOUBLE_EQ(ours.alpha[0], 1);
  EXPECT_DOUBLE_EQ(ours.alpha[1], 1);
  EXPECT_DOUBLE_EQ(ours.rho, 0);
}

TEST(Smo, stops_at_the_iteration_limit_and_says_so) {
  const SmoSolution ours = solve(clouds(1, 40, 40, 0.5, 100), {.max_iterations = 7});
  EXPECT_EQ(ours.status, FitStatus::iteration_limit);
  EXPECT_EQ(ours.certificate.iterations, 7);
  EXPECT_FALSE(ours.certificate.converged);
  EXPECT_GT(ours.certificate.gap, 1e-3);
}

TEST(Smo, stops_at_the_deadline_and_says_so) {
  const SmoSolution ours = solve(clouds(1, 40, 40, 0.5, 100), {.deadline = Clock::now()});
  EXPECT_EQ(ours.status, FitStatus::time_limit);
  EXPECT_FALSE(ours.certificate.converged);
}

TEST(Smo, ends_when_the_tolerance_is_below_what_rounding_allows) {
  const SmoSolution ours = solve(clouds(3, 30, 30, 0.5, 1e6), {.tolerance = 1e-300, .max_iterations = 2'000'000});
  EXPECT_GE(ours.certificate.iterations, 1);
}

TEST(Smo, gives_the_same_bits_however_rows_are_read) {
  const Problem problem = clouds(5, 40, 45, 0.5, 10);
  const std::vector<double> in_place = solve(problem, {}).alpha;
  EXPECT_EQ(solve_scattered(problem, 1U << 20U).alpha, in_place);
  EXPECT_EQ(solve_scattered(problem, 0).alpha, in_place);  // two rows fit into memory
}

TEST(Smo, gives_the_same_bits_on_every_instruction_set) {
  // The second is long enough for float32 and conjugate steps.
  const Problem problems[] = {clouds(6, 61, 50, 0.5, 10), clouds(51, 560, 490, 1.0, 30)};
  const std::vector<std::int64_t> targets = hwy::SupportedAndGeneratedTargets();
  for (const Problem& problem : problems) {
    const std::vector<double> widest = solve(problem, {}).alpha;
    for (const std::int64_t target : targets) {
      hwy::SetSupportedTargetsForTest(target);
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      EXPECT_EQ(solve(problem, {}).alpha, widest) << hwy::TargetName(target);
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
}

TEST(Smo, takes_the_last_of_equal_partners_in_every_vector_length) {
  // More equal candidates than any vector has lanes, and a last vector that is not full.
  for (const std::size_t n : {3U, 8U, 17U, 31U, 64U, 65U}) {
    SCOPED_TRACE(n);
    expect_same_as_libsvm({core::Matrix(n + 1, n + 1, arma::fill::eye), labels(1, n, 2, 2)});
  }
}

// Problems large enough to set variables aside are not solved step by step like libsvm, but to the same stop.
void expect_as_good_as_libsvm(const Problem& problem, const std::optional<SmoStart>& start = {}) {
  const SmoSolution ours = solve(problem, {}, 64U << 20U, start ? &*start : nullptr);
  const ReferenceSolution libsvm = libsvm_solve(problem.kernel, problem.smo, 1e-3);
  EXPECT_TRUE(ours.certificate.converged);
  const arma::vec y(problem.smo.y);
  const arma::vec alpha(ours.alpha);
  // All of it is checked anew from alpha: the box, the constraint, the optimum, the objective.
  double sum = 0;
  for (std::size_t k = 0; k < ours.alpha.size(); ++k) {
    ASSERT_GE(ours.alpha[k], 0);
    ASSERT_LE(ours.alpha[k], problem.smo.upper[k]);
    sum += problem.smo.y[k] * ours.alpha[k];
  }
  EXPECT_NEAR(sum, 0, 1e-9 * arma::accu(alpha));
  const arma::vec f = problem.kernel * (y % alpha) - y;
  double least = std::numeric_limits<double>::infinity();
  double greatest = -least;
  for (std::size_t k = 0; k < ours.alpha.size(); ++k) {
    const bool can_grow = alpha[k] < problem.smo.upper[k];
    const bool can_shrink = alpha[k] > 0;
    if (y[k] > 0 ? can_grow : can_shrink) least = std::min(least, f[k]);
    if (y[k] > 0 ? can_shrink : can_grow) greatest = std::max(greatest, f[k]);
  }
  EXPECT_LT(greatest - least, 1e-3 * (1 + 1e-6));
  EXPECT_NEAR(greatest - least, ours.certificate.gap, 1e-7);
  const double objective = 0.5 * arma::dot(y % alpha, f + y) - arma::accu(alpha);
  EXPECT_NEAR(objective, ours.certificate.objective, 1e-9 * std::abs(objective));
  EXPECT_LE(objective, libsvm.objective + 1e-4 * std::abs(libsvm.objective));
  // Two points that meet the stop may differ in rho by more than the tolerance; each must lie within its own gap.
  EXPECT_GE(ours.rho, std::min(least, greatest) - 1e-7);
  EXPECT_LE(ours.rho, std::max(least, greatest) + 1e-7);
}

TEST(Smo, is_as_good_as_libsvm_where_variables_are_set_aside) {
  unsigned seed = 40;
  for (const double gamma : {0.1, 3.0}) {
    for (const double C : {0.01, 1.0, 300.0}) {
      if (tests_are_brief() && gamma > 1 && C > 1) continue;  // takes as long as all others
      SCOPED_TRACE(fmt::format("gamma {} C {}", gamma, C));
      expect_as_good_as_libsvm(clouds(++seed, 560, 490, gamma, C));
    }
  }
}

TEST(Smo, says_so_when_it_stops_while_variables_are_set_aside) {
  const SmoSolution ours = solve(clouds(50, 560, 490, 1.0, 300), {.max_iterations = 3000});
  EXPECT_EQ(ours.status, FitStatus::iteration_limit);
  EXPECT_EQ(ours.certificate.iterations, 3000);
  EXPECT_FALSE(ours.certificate.converged);
}

TEST(Smo, sets_aside_on_two_rows_of_memory_as_on_many) {
  const Problem problem = clouds(51, 560, 490, 1.0, 30);
  const std::vector<double> in_place = solve(problem, {}).alpha;
  EXPECT_EQ(solve(problem, {}, 0).alpha, in_place);
  EXPECT_EQ(solve_scattered(problem, 0).alpha, in_place);
  EXPECT_EQ(solve_scattered(problem, 64U << 20U).alpha, in_place);
}

std::optional<SmoStart> bound_start(const Problem& problem) {
  GivenRows source(problem.kernel);
  ProblemMemory memory(1U << 20U);
  ProblemRows rows(source, positions_of(problem), memory);
  return start_at_bound(problem.smo, rows);
}

TEST(BoundStart, is_given_for_small_C_only_and_leads_to_the_optimum) {
  EXPECT_FALSE(bound_start(clouds(60, 560, 490, 1.0, 1000)));
  EXPECT_FALSE(bound_start(clouds(60, 56, 49, 1.0, 1e-4)));  // too small
  for (const double C : {1e-4, 1e-2}) {
    SCOPED_TRACE(C);
    const Problem problem = clouds(60, 560, 490, 1.0, C);
    const std::optional<SmoStart> start = bound_start(problem);
    ASSERT_TRUE(start);
    EXPECT_EQ(std::ranges::count(start->alpha, 0.0), 70);
    EXPECT_EQ(std::ranges::count(start->alpha, C), 980);
    expect_as_good_as_libsvm(problem, start);
  }
}

/// Rows that stop the clock: at one of them the deadline passes. Counts those that are asked for afterwards.
class LateRows final : public KernelRows {
 public:
  LateRows(const core::Matrix& kernel, std::size_t late_from, const Deadline& deadline)
      : KernelRows(std::vector<double>(kernel.n_rows, 1.0)),
        rows_(kernel),
        late_from_(late_from),
        deadline_(deadline) {}

  const float* row(std::size_t position) override {
    count();
    return rows_.row(position);
  }
  void read(std::span<const core::Index> positions, const Entries& entries, const Reader& read) override {
    rows_.read(positions, entries, [&](std::size_t k, const float* row) {
      count();
      read(k, row);
    });
  }
  [[nodiscard]] std::size_t n_late() const { return n_late_; }

 private:
  void count() {
    if (is_over(deadline_)) ++n_late_;
    if (++n_read_ != late_from_) return;
    while (!is_over(deadline_)) {
    }
  }

  GivenRows rows_;
  std::size_t late_from_;
  Deadline deadline_;
  std::size_t n_read_ = 0;
  std::size_t n_late_ = 0;
};

TEST(Deadline, is_seen_wherever_many_rows_are_read) {
  const Problem problem = clouds(51, 560, 490, 1.0, 30);
  for (const std::size_t late_from : {1U, 500U, 1050U, 1700U, 3500U, 5000U}) {
    SCOPED_TRACE(late_from);
    const Deadline deadline = Clock::now() + std::chrono::milliseconds(100);
    LateRows source(problem.kernel, late_from, deadline);
    ProblemMemory memory(64U << 20U);
    ProblemRows rows(source, positions_of(problem), memory, deadline);
    const std::optional<SmoStart> start = start_at_bound(problem.smo, rows);
    const SmoSolution ours = svm::solve(problem.smo, rows, {.deadline = deadline}, start ? &*start : nullptr);
    EXPECT_EQ(ours.status, FitStatus::time_limit);
    EXPECT_FALSE(ours.certificate.converged);
    EXPECT_LE(source.n_late(), 256U + 2 * 16U);
    double sum = 0;
    for (std::size_t k = 0; k < ours.alpha.size(); ++k) sum += problem.smo.y[k] * ours.alpha[k];
    EXPECT_NEAR(sum, 0, 1e-9);  // what is there is a point all the same
  }
}

TEST(Deadline, stops_what_a_start_is_repaired_with) {
  const Problem problem = clouds(51, 560, 490, 1.0, 30);
  const Deadline deadline = Clock::now() + std::chrono::milliseconds(100);
  LateRows source(problem.kernel, 300, deadline);
  ProblemMemory memory(64U << 20U);
  ProblemRows rows(source, positions_of(problem), memory, deadline);
  EXPECT_FALSE(repaired_start(problem.smo, std::vector<double>(1050, 1.0), rows));
  EXPECT_LE(source.n_late(), 256U);
}

TEST(BoundStart, is_not_looked_for_when_time_is_over) {
  const Problem problem = clouds(60, 560, 490, 1.0, 1e-4);
  GivenRows source(problem.kernel);
  ProblemMemory memory(1U << 20U);
  ProblemRows rows(source, positions_of(problem), memory, Clock::now());
  EXPECT_FALSE(start_at_bound(problem.smo, rows));
  EXPECT_TRUE(memory.products.empty());
}

TEST(BoundStart, keeps_the_constraint_with_unequal_bounds) {
  Problem problem = clouds(61, 560, 490, 1.0, 1e-3);
  problem.smo = labels(560, 490, 1e-3, 2.5e-3);
  const std::optional<SmoStart> start = bound_start(problem);
  ASSERT_TRUE(start);
  expect_as_good_as_libsvm(problem, start);
}

}  // namespace
}  // namespace gridmill::models::svm::test
