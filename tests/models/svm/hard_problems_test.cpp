// Problems that solvers stumble over, large enough for all that is done differently from libsvm.
#include <algorithm>
#include <cmath>
#include <functional>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "brief.hpp"
#include "libsvm_reference.hpp"
#include "models/svm/kernels/kernel_rows.hpp"
#include "models/svm/solver/bound_start.hpp"
#include "models/svm/solver/smo.hpp"

namespace gridmill::models::svm::test {
namespace {

constexpr std::size_t kHardSamples = 1050;
constexpr std::size_t kHardFeatures = 4;

struct HardProblem {
  std::string name;
  Kernel kernel{.kind = KernelKind::rbf, .gamma = 0.5};
  double C = 1;
  std::size_t n_positive = 500;
  std::function<void(core::Matrix&)> spoil = [](core::Matrix&) {};
};

void PrintTo(const HardProblem& problem, std::ostream* out) { *out << problem.name; }

/// Two overlapping clouds, spoilt.
core::Matrix samples_of(const HardProblem& problem) {
  std::mt19937 random(11);
  std::normal_distribution<double> normal;
  core::Matrix x(kHardFeatures, kHardSamples);
  for (std::size_t i = 0; i < kHardSamples; ++i) {
    for (std::size_t f = 0; f < kHardFeatures; ++f) x(f, i) = normal(random) + (i < problem.n_positive ? 0.8 : 0.0);
  }
  problem.spoil(x);
  return x;
}

SmoProblem labels_of(const HardProblem& problem) {
  SmoProblem out{.y = std::vector<double>(kHardSamples, -1.0),
                 .linear = std::vector<double>(kHardSamples, -1.0),
                 .upper = std::vector<double>(kHardSamples, problem.C)};
  std::fill_n(out.y.begin(), problem.n_positive, 1.0);
  return out;
}

core::Matrix entries_of(Gram& gram) {
  core::Matrix out(kHardSamples, kHardSamples);
  for (std::size_t i = 0; i < kHardSamples; ++i) {
    const float* row = gram.row(i);
    std::copy_n(row, kHardSamples, out.colptr(i));
  }
  return out;
}

class HardProblems : public testing::TestWithParam<HardProblem> {};

TEST_P(HardProblems, end_and_are_solved_as_well_as_by_libsvm) {
  const CentredSamples samples(samples_of(GetParam()));
  Gram gram(samples, nullptr, GetParam().kernel, nullptr);
  const SmoProblem problem = labels_of(GetParam());
  std::vector<core::Index> positions(kHardSamples);
  for (std::size_t k = 0; k < kHardSamples; ++k) positions[k] = static_cast<core::Index>(k);
  ProblemMemory memory(64U << 20U);
  ProblemRows rows(gram, positions, memory);
  const std::optional<SmoStart> start = start_at_bound(problem, rows);
  constexpr std::int64_t kGuard = 3'000'000;
  const SmoSolution ours = solve(problem, rows, {.max_iterations = kGuard}, start ? &*start : nullptr);

  const core::Matrix kernel = entries_of(gram);
  const arma::vec coefficient = arma::vec(problem.y) % arma::vec(ours.alpha);
  const arma::vec f = kernel * coefficient;
  const double objective = 0.5 * arma::dot(coefficient, f) - arma::accu(arma::vec(ours.alpha));
  EXPECT_NEAR(arma::accu(coefficient), 0, 1e-9 * GetParam().C * kHardSamples);
  EXPECT_GE(*std::ranges::min_element(ours.alpha), 0);
  EXPECT_LE(*std::ranges::max_element(ours.alpha), GetParam().C);
  EXPECT_NEAR(ours.certificate.objective, objective, 1e-6 * std::max(1e-6, std::abs(objective)));
  EXPECT_TRUE(ours.certificate.converged) << ours.certificate.gap << " after " << ours.certificate.iterations;
  const ReferenceSolution libsvm = libsvm_solve(kernel, problem, 1e-3);
  EXPECT_LE(objective, libsvm.objective + 1e-4 * std::abs(libsvm.objective));
}

void duplicate(core::Matrix& x) {
  for (std::size_t i = 0; i < kHardSamples; ++i) x.col(i) = x.col(i % 70);
}

std::vector<HardProblem> hard_problems() {
  const Kernel linear{.kind = KernelKind::linear};
  const auto rbf = [](double gamma) { return Kernel{.kind = KernelKind::rbf, .gamma = gamma}; };
  std::vector<HardProblem> problems{
      {.name = "duplicates_of_both_classes", .C = 10, .spoil = duplicate},
      {.name = "constant_features", .C = 10, .spoil = [](auto& x) { x.rows(1, 3).fill(5.0); }},
      {.name = "far_from_the_origin", .C = 10, .spoil = [](auto& x) { x += 1e6; }},
      {.name = "unscaled", .kernel = rbf(1e-6), .C = 100, .spoil = [](auto& x) { x.row(0) *= 1e3, x.row(1) *= 1e-3; }},
      {.name = "unscaled_linear", .kernel = linear, .C = 1e-3, .spoil = [](auto& x) { x.row(0) *= 100; }},
      {.name = "all_alike", .spoil = [](auto& x) { x.fill(1.0); }},
      {.name = "one_sample_of_a_class", .C = 100, .n_positive = 1},
      {.name = "tiny_C", .C = 1e-6},
      {.name = "huge_C", .C = 1e6, .spoil = [](auto& x) { x.cols(0, 499) += 2.0; }},
      {.name = "tiny_gamma", .kernel = rbf(1e-8), .C = 1},
      {.name = "tiny_gamma_large_C", .kernel = rbf(1e-8), .C = 1e4},
      {.name = "huge_gamma", .kernel = rbf(1e3), .C = 1},
      {.name = "huge_gamma_huge_C", .kernel = rbf(1e3), .C = 1e6},
  };
  if (!tests_are_brief()) problems.push_back({.name = "many_steps", .kernel = rbf(0.1), .C = 1000});
  return problems;
}

INSTANTIATE_TEST_SUITE_P(Smo, HardProblems, testing::ValuesIn(hard_problems()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace gridmill::models::svm::test
