// What a fit with a smaller C leaves saves steps, and changes nothing.
#include "models/svm/solver/first_steps.hpp"

#include <cmath>
#include <optional>
#include <random>

#include <gtest/gtest.h>

#include "certificate_of.hpp"
#include "given_rows.hpp"
#include "golden.hpp"
#include "models/family/model.hpp"

namespace gridmill::models::svm::test {
namespace {

// Together so many that rows are read in place, not copied.
constexpr std::size_t kPositive = 44;
constexpr std::size_t kNegative = 52;

/// The rbf kernel of two overlapping clouds.
core::Matrix kernel_of_clouds() {
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  core::Matrix x(3, kPositive + kNegative);
  for (std::size_t i = 0; i < x.n_cols; ++i) {
    for (std::size_t f = 0; f < x.n_rows; ++f) x(f, i) = normal(random) + (i < kPositive ? 0.7 : 0.0);
  }
  core::Matrix kernel(x.n_cols, x.n_cols);
  for (std::size_t i = 0; i < x.n_cols; ++i) {
    for (std::size_t j = 0; j < x.n_cols; ++j) {
      kernel(j, i) = std::exp(-arma::accu(arma::square(x.col(i) - x.col(j))));
    }
  }
  return kernel;
}

SmoProblem problem_with(double c_positive, double c_negative) {
  SmoProblem out{.y = std::vector<double>(kPositive, 1.0),
                 .linear = std::vector<double>(kPositive + kNegative, -1.0),
                 .upper = std::vector<double>(kPositive, c_positive)};
  out.y.resize(kPositive + kNegative, -1.0);
  out.upper.resize(kPositive + kNegative, c_negative);
  return out;
}

class FirstStepsOfClouds : public testing::Test {
 protected:
  ProblemRows rows(std::size_t first = 0) {
    std::vector<core::Index> positions;
    for (std::size_t k = first; k < kPositive + kNegative; ++k) positions.push_back(static_cast<core::Index>(k));
    return {source, positions, memory};
  }

  SmoSolution cold(const SmoProblem& problem, const SmoOptions& options = {}) {
    ProblemRows own = rows();
    return solve(problem, own, options);
  }

  /// Solves as the first steps allow, compares with a cold solve and returns how many rows that saved.
  std::ptrdiff_t expect_as_cold(const SmoProblem& problem, const SmoOptions& options = {}) {
    const std::size_t before = source.n_asked();
    const SmoSolution alone = cold(problem, options);
    const std::size_t between = source.n_asked();
    ProblemRows own = rows();
    const SmoSolution ours = steps.solve(problem, own, options);
    const std::size_t after = source.n_asked();
    EXPECT_EQ(ours.alpha, alone.alpha);
    EXPECT_EQ(ours.rho, alone.rho);
    EXPECT_EQ(ours.status, alone.status);
    EXPECT_EQ(ours.certificate.iterations, alone.certificate.iterations);
    EXPECT_EQ(ours.certificate.gap, alone.certificate.gap);
    EXPECT_EQ(ours.certificate.converged, alone.certificate.converged);
    EXPECT_EQ(ours.certificate.objective, alone.certificate.objective);
    EXPECT_EQ(ours.certificate.n_support, alone.certificate.n_support);
    EXPECT_EQ(ours.certificate.n_bounded, alone.certificate.n_bounded);
    return static_cast<std::ptrdiff_t>(between - before) - static_cast<std::ptrdiff_t>(after - between);
  }

  core::Matrix kernel = kernel_of_clouds();
  GivenRows source{kernel};
  ProblemMemory memory{1U << 20U};
  FirstSteps steps{1U << 20U};
};

TEST_F(FirstStepsOfClouds, save_steps_as_C_grows_and_change_no_bit) {
  // The first step of the least C meets its bound; at the last two none is met.
  EXPECT_EQ(cold(problem_with(0.1, 0.1), {.keep_state = true}).state, std::nullopt);
  const SmoSolution last = cold(problem_with(1e5, 1e5), {.keep_state = true});
  ASSERT_TRUE(last.state);
  EXPECT_EQ(last.state->iterations, last.certificate.iterations);
  EXPECT_EQ(last.state->alpha, last.alpha);
  std::ptrdiff_t saved = 0;
  for (const double C : {0.1, 1.0, 3.0, 10.0, 100.0, 1e5}) {
    SCOPED_TRACE(C);
    saved = expect_as_cold(problem_with(C, C));
  }
  EXPECT_GT(saved, 0);
  // All steps are known then: no row is read.
  EXPECT_EQ(expect_as_cold(problem_with(1e6, 1e6)), 2 * last.certificate.iterations);
}

TEST_F(FirstStepsOfClouds, change_no_bit_in_any_order_of_C_and_weights) {
  for (const double C : {100.0, 3.0, 10.0, 0.1, 30.0, 30.0}) {
    SCOPED_TRACE(C);
    expect_as_cold(problem_with(C, C));
    expect_as_cold(problem_with(C, 2.5 * C));
    expect_as_cold(problem_with(7 * C, C));
  }
}

TEST_F(FirstStepsOfClouds, keep_to_the_limits_and_the_tolerance_of_each_fit) {
  expect_as_cold(problem_with(100, 100));
  for (const std::int64_t limit : {0, 1, 5, 40, 1'000'000}) {
    SCOPED_TRACE(limit);
    expect_as_cold(problem_with(200, 200), {.max_iterations = limit});
  }
  expect_as_cold(problem_with(1e4, 1e4), {.tolerance = 1e-2});
  expect_as_cold(problem_with(1e4, 1e4), {.tolerance = 1e-5});
  expect_as_cold(problem_with(1e4, 1e4), {.tolerance = 1e-1});
  expect_as_cold(problem_with(1e4, 1e4));
}

TEST_F(FirstStepsOfClouds, stop_at_a_deadline_that_has_passed) {
  expect_as_cold(problem_with(1e5, 1e5), {.max_iterations = 10});
  ProblemRows own = rows();
  const SmoSolution late = steps.solve(problem_with(1e6, 1e6), own, {.deadline = Clock::now()});
  EXPECT_EQ(late.status, FitStatus::time_limit);
  EXPECT_LT(late.certificate.iterations, 10 + 128);
  // What the clock cut short are steps all the same.
  expect_as_cold(problem_with(1e6, 1e6));
}

TEST_F(FirstStepsOfClouds, are_those_of_the_same_samples_only) {
  expect_as_cold(problem_with(10, 10));
  SmoProblem part = problem_with(100, 100);
  part.y.erase(part.y.begin());
  part.linear.pop_back();
  part.upper.pop_back();
  ProblemRows own = rows(1);
  ProblemRows same = rows(1);
  const SmoSolution ours = steps.solve(part, own, {});
  const SmoSolution alone = solve(part, same, {});
  EXPECT_EQ(ours.alpha, alone.alpha);
  EXPECT_EQ(ours.certificate.iterations, alone.certificate.iterations);
}

TEST_F(FirstStepsOfClouds, are_left_out_where_there_is_no_room_and_gone_when_forgotten) {
  steps = FirstSteps(0);
  expect_as_cold(problem_with(10, 10));
  EXPECT_EQ(expect_as_cold(problem_with(100, 100)), 0);
  steps = FirstSteps(1U << 20U);
  expect_as_cold(problem_with(10, 10));
  steps.forget();
  EXPECT_EQ(expect_as_cold(problem_with(100, 100)), -2);  // the step that meets the bound is begun twice
}

/// A trainer that has fitted smaller Cs, rested and gone through other folds gives what a fresh one does.
TEST(FirstStepsOfFits, change_nothing_in_a_chain_of_fits) {
  const core::Dataset data = golden_dataset("iris_weighted");
  const Family& family = *find_family("svc");
  const auto used = family.trainer(data, {});
  for (const double gamma : {0.3, 2.0}) {
    for (const double C : {0.5, 4.0, 60.0, 1e4}) {
      for (const core::Index fold : {0U, 1U, 2U}) {
        SCOPED_TRACE(testing::Message() << "C " << C << " gamma " << gamma << " fold " << fold);
        std::vector<core::Index> train;
        std::vector<core::Index> test;
        for (core::Index i = 0; i < data.n_samples(); ++i) (i % 3 == fold ? test : train).push_back(i);
        const core::Params params{{"C", C}, {"gamma", gamma}};
        const auto ours = used->fit({.params = params, .train = train});
        const auto fresh = family.trainer(data, {});
        const auto alone = fresh->fit({.params = params, .train = train});
        EXPECT_EQ(certificate_of(*ours).iterations, certificate_of(*alone).iterations);
        EXPECT_EQ(certificate_of(*ours).objective, certificate_of(*alone).objective);
        EXPECT_EQ(certificate_of(*ours).n_bounded, certificate_of(*alone).n_bounded);
        EXPECT_TRUE(arma::approx_equal(ours->predict(test, {.decision = true}).decision,
                                       alone->predict(test, {.decision = true}).decision, "absdiff", 0.0));
        used->rest();
      }
    }
  }
}

}  // namespace
}  // namespace gridmill::models::svm::test
