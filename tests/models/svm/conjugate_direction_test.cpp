// Conjugate steps against steps of pairs, and against what is computed anew from the alphas.
#include "models/svm/solver/conjugate_direction.hpp"

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "brief.hpp"
#include "models/svm/solver/smo_march.hpp"

namespace gridmill::models::svm::test {
namespace {

constexpr std::size_t kSize = 320;

/// Two overlapping clouds on a line, in halves of which the labels are +1 and -1; neighbours are much alike.
class Clouds {
 public:
  explicit Clouds(double C) {
    std::mt19937 random(4);
    std::normal_distribution<double> normal;
    std::vector<double> x(kSize);
    for (std::size_t k = 0; k < kSize; ++k) x[k] = normal(random) + (k < kSize / 2 ? 0.8 : 0.0);
    entries_.resize(kSize * kSize);
    for (std::size_t k = 0; k < kSize * kSize; ++k) {
      entries_[k] = static_cast<float>(std::exp(-4 * std::pow(x[k / kSize] - x[k % kSize], 2)));
    }
    variables.y.assign(kSize, -1.0);
    std::fill_n(variables.y.begin(), kSize / 2, 1.0);
    variables.upper.assign(kSize, C);
    variables.alpha.assign(kSize, 0.0);
    for (const double y : variables.y) variables.f.push_back(static_cast<float>(-y));
    variables.diagonal.assign(kSize, 1.0F);
    variables.windows = {{.slot = 0, .column = 0, .size = kSize}};
    variables.update_all_bounds();
  }

  const float* row(std::size_t k) { return entries_.data() + k * kSize; }
  [[nodiscard]] static std::size_t column(std::size_t k) { return k; }
  [[nodiscard]] static bool takes_guesses(std::size_t /*k*/) { return false; }
  [[nodiscard]] static std::size_t foresight() { return 0; }
  static void expect(std::size_t /*k*/) {}

  /// Computes F from the alphas.
  [[nodiscard]] std::vector<double> f() {
    std::vector<double> out;
    for (std::size_t k = 0; k < kSize; ++k) {
      double sum = -variables.y[k];
      for (std::size_t l = 0; l < kSize; ++l) {
        sum += static_cast<double>(row(k)[l]) * variables.y[l] * variables.alpha[l];
      }
      out.push_back(sum);
    }
    return out;
  }
  [[nodiscard]] double objective() {
    const std::vector<double> now = f();
    double sum = 0;
    for (std::size_t k = 0; k < kSize; ++k) {
      sum += variables.alpha[k] * (variables.y[k] * now[k] - 1) / 2;
    }
    return sum;
  }

  Variables<float> variables;

 private:
  std::vector<float> entries_;
};

/// Takes steps until the end and returns how many.
std::int64_t march_along(Clouds& clouds) {
  ConjugateDirection direction;
  direction.take(clouds.variables);
  Pace pace(SmoOptions{}, kSize);
  Extremes extremes = scan(clouds.variables.view());
  EXPECT_EQ(march(clouds.variables, clouds, extremes, pace, ConjugateSteps(clouds.variables, direction)),
            Halt::optimal);
  direction.end();
  return pace.iterations;
}

TEST(ConjugateDirection, needs_fewer_steps_than_pairs) {
  if (tests_are_brief()) GTEST_SKIP() << "counts steps; other tests take the same ones";
  Clouds pairs(1e4);
  Pace pace(SmoOptions{}, kSize);
  Extremes extremes = scan(pairs.variables.view());
  ASSERT_EQ(march(pairs.variables, pairs, extremes, pace, PairSteps(pairs.variables)), Halt::optimal);
  Clouds conjugate(1e4);
  EXPECT_LE(3 * march_along(conjugate), 2 * pace.iterations);
  EXPECT_NEAR(conjugate.objective(), pairs.objective(), 1e-4 * std::abs(pairs.objective()));
}

TEST(ConjugateDirection, keeps_alphas_in_the_box_and_F_true) {
  for (const double C : {0.5, 10.0, 300.0}) {
    SCOPED_TRACE(C);
    Clouds clouds(C);
    march_along(clouds);
    double sum = 0;
    for (std::size_t k = 0; k < kSize; ++k) {
      EXPECT_GE(clouds.variables.alpha[k], 0);
      EXPECT_LE(clouds.variables.alpha[k], C);
      sum += clouds.variables.y[k] * clouds.variables.alpha[k];
    }
    EXPECT_NEAR(sum, 0, 1e-11 * C * kSize);
    const std::vector<double> f = clouds.f();
    for (std::size_t k = 0; k < kSize; ++k) EXPECT_NEAR(clouds.variables.f[k], f[k], 2e-4);
  }
}

/// The first step of a direction, of a pair that moves by the least there is.
struct FirstStep {
  std::size_t i = 0, j = kSize / 2;
  double curvature;

  FirstStep(Clouds& clouds, ConjugateDirection& direction) {
    direction.take(clouds.variables);
    curvature = clouds.variables.curvature(i, j, clouds.row(i)[j]);
    const auto step = clouds.variables.move(i, j, clouds.row(i)[j]);
    direction.begin(i, j, clouds.row(i), clouds.row(j), curvature, step.i);
  }
};

TEST(ConjugateDirection, gains_more_by_a_turn_than_the_pair_alone) {
  Clouds clouds(1e6);
  ConjugateDirection direction;
  FirstStep first(clouds, direction);
  direction.end();
  const double before = clouds.objective();
  Clouds again(1e6);
  FirstStep(again, direction);
  const std::size_t i = 1;
  const std::size_t j = kSize / 2 + 1;
  const double curvature = again.variables.curvature(i, j, again.row(i)[j]);
  const double slope = static_cast<double>(again.variables.f[j]) - static_cast<double>(again.variables.f[i]);
  Extremes extremes{};
  ASSERT_TRUE(direction.turn(i, j, again.row(i), again.row(j), curvature, extremes));
  direction.end();
  EXPECT_LT(again.objective(), before - slope * slope / curvature / 2 * (1 + 1e-6));
  // Along the first direction there is nothing left to be gained: that is what conjugate means.
  const std::vector<double> f = again.f();
  EXPECT_NEAR(f[first.i] - f[first.j], 0, 1e-5);
}

TEST(ConjugateDirection, does_not_turn_where_a_bound_is_in_the_way) {
  Clouds clouds(1e6);
  ConjugateDirection direction;
  FirstStep(clouds, direction);
  direction.end();
  Clouds tight(1e6);
  FirstStep(tight, direction);
  tight.variables.upper[1] = 1e-3;
  const std::vector<double> alpha = clouds.variables.alpha;
  const std::vector<float> f = tight.variables.f;
  Extremes extremes{};
  const std::size_t j = kSize / 2 + 1;
  EXPECT_FALSE(
      direction.turn(1, j, tight.row(1), tight.row(j), tight.variables.curvature(1, j, tight.row(1)[j]), extremes));
  direction.end();
  EXPECT_EQ(tight.variables.alpha, alpha);
  EXPECT_EQ(tight.variables.f, f);
}

}  // namespace
}  // namespace gridmill::models::svm::test
