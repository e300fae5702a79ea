// The fast passes against plain loops, on every instruction set.
#include "models/svm/solver/smo_passes.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include "models/svm/solver/keep_entries.hpp"

namespace gridmill::models::svm::test {
namespace {

void on_every_instruction_set(const std::function<void()>& check) {
  const std::vector<std::int64_t> targets = hwy::SupportedAndGeneratedTargets();
  for (const std::int64_t target : targets) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    check();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

/// Random variables in some windows of rows, a third of the slots without any.
template <typename Real>
struct RandomPass {
  std::vector<Window> windows;
  std::vector<Real> f, diagonal;
  std::vector<std::size_t> column;  // by slot
  Bits rises{0}, falls{0};
  AlignedFloats row_i, row_j;

  RandomPass(unsigned seed, std::vector<Window> given) : windows(std::move(given)) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> uniform(-1, 1);
    const std::size_t n = windows.back().slot + windows.back().size;
    rises = falls = Bits(n);
    for (const Window& window : windows) {
      for (std::size_t k = 0; k < window.size; ++k) {
        f.push_back(static_cast<Real>(uniform(random)));
        diagonal.push_back(static_cast<Real>(1.5 + uniform(random)));
        column.push_back(window.column + k);
        const std::size_t slot = window.slot + k;
        rises.assign(slot, slot % 3 != 2 && uniform(random) < 0.5);
        falls.assign(slot, slot % 3 != 2 && uniform(random) < 0.5);
      }
    }
    const std::size_t width = windows.back().column + windows.back().size + 16;
    row_i = aligned_floats(width);
    row_j = aligned_floats(width);
    for (std::size_t k = 0; k < width; ++k) {
      row_i[k] = static_cast<float>(uniform(random));
      row_j[k] = static_cast<float>(uniform(random));
    }
  }

  PassView<Real> view(bool unit_diagonal) {
    return {f.data(), rises.data(), falls.data(), diagonal.data(), unit_diagonal, windows};
  }
};

template <typename Real>
Extremes plain_extremes(const RandomPass<Real>& pass) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Extremes out{.least = infinity, .index = kNoVariable, .greatest = -infinity};
  for (std::size_t k = 0; k < pass.f.size(); ++k) {
    const double f = pass.f[k];
    if (pass.rises.test(k) && f <= out.least) {
      out.least = f;
      out.index = k;
    }
    if (pass.falls.test(k) && f > out.greatest) out.greatest = f;
  }
  return out;
}

/// `lower`: what becomes of the curvature with variable k.
template <typename Real, typename Lower>
std::size_t plain_partner(const RandomPass<Real>& pass, std::size_t i, bool unit_diagonal, const Lower& lower) {
  std::size_t best = kNoVariable;
  double greatest = 0;
  for (std::size_t k = 0; k < pass.f.size(); ++k) {
    const double violation = static_cast<double>(pass.f[k]) - static_cast<double>(pass.f[i]);
    if (!pass.falls.test(k) || violation <= 0) continue;
    const double diagonals = unit_diagonal ? 2.0 : static_cast<double>(pass.diagonal[i] + pass.diagonal[k]);
    const double value = diagonals - 2.0 * static_cast<double>(pass.row_i[pass.column[k]]);
    const double curvature = value > 0 ? value : kSmallestCurvature;
    const double gain = violation * violation / lower(k, curvature);
    if (gain >= greatest) {
      greatest = gain;
      best = k;
    }
  }
  return best;
}

template <typename Real>
std::size_t plain_partner(const RandomPass<Real>& pass, std::size_t i, bool unit_diagonal) {
  return plain_partner(pass, i, unit_diagonal, [](std::size_t, double curvature) { return curvature; });
}

void expect_equal(const Extremes& a, const Extremes& b) {
  EXPECT_EQ(a.least, b.least);
  EXPECT_EQ(a.index, b.index);
  EXPECT_EQ(a.greatest, b.greatest);
}

const std::vector<std::vector<Window>> kWindows = {
    {{0, 0, 16}}, {{0, 32, 96}}, {{0, 16, 16}, {16, 64, 48}, {64, 160, 32}}, {{0, 0, 2048}, {2048, 2064, 16}}};

template <typename Real>
class SmoPasses : public testing::Test {};
using Reals = testing::Types<double, float>;
TYPED_TEST_SUITE(SmoPasses, Reals, );

TYPED_TEST(SmoPasses, find_the_extremes_that_plain_loops_find) {
  on_every_instruction_set([&] {
    for (const auto& windows : kWindows) {
      for (unsigned seed = 0; seed < 20; ++seed) {
        RandomPass<TypeParam> pass(seed, windows);
        expect_equal(scan(pass.view(true)), plain_extremes(pass));
      }
    }
  });
}

TYPED_TEST(SmoPasses, take_the_last_of_equal_variables) {
  on_every_instruction_set([&] {
    for (const auto& windows : kWindows) {
      RandomPass<TypeParam> pass(1, windows);
      for (std::size_t k = 0; k < pass.f.size(); ++k) pass.f[k] = pass.falls.test(k) ? 1 : -1;
      std::fill_n(pass.row_i.get(), pass.column.back() + 1, 0.0F);
      const Extremes extremes = scan(pass.view(true));
      expect_equal(extremes, plain_extremes(pass));
      EXPECT_EQ(find_partner(pass.view(true), pass.row_i.get(), extremes.index),
                plain_partner(pass, extremes.index, true));
    }
  });
}

TYPED_TEST(SmoPasses, add_two_rows_as_plain_loops_do) {
  on_every_instruction_set([&] {
    for (const auto& windows : kWindows) {
      RandomPass<TypeParam> pass(2, windows);
      RandomPass<TypeParam> plain(2, windows);
      const double step_i = 0.37;
      const double step_j = -1.21;
      const Extremes extremes = update_and_scan(pass.view(true), pass.row_i.get(), step_i, pass.row_j.get(), step_j);
      for (std::size_t k = 0; k < plain.f.size(); ++k) {
        const auto by_i = static_cast<TypeParam>(plain.row_i[plain.column[k]]) * static_cast<TypeParam>(step_i);
        const auto by_j = static_cast<TypeParam>(plain.row_j[plain.column[k]]) * static_cast<TypeParam>(step_j);
        plain.f[k] += by_i + by_j;
      }
      EXPECT_EQ(pass.f, plain.f);
      expect_equal(extremes, plain_extremes(plain));
    }
  });
}

TYPED_TEST(SmoPasses, find_the_partner_that_plain_loops_find) {
  on_every_instruction_set([&] {
    for (const auto& windows : kWindows) {
      for (unsigned seed = 0; seed < 20; ++seed) {
        for (const bool unit_diagonal : {true, false}) {
          RandomPass<TypeParam> pass(seed, windows);
          const std::size_t i = plain_extremes(pass).index;
          if (i == kNoVariable) continue;
          EXPECT_EQ(find_partner(pass.view(unit_diagonal), pass.row_i.get(), i), plain_partner(pass, i, unit_diagonal));
        }
      }
    }
  });
}

/// Where slots are few and the diagonal is 1, partners are looked for in float32 first.
TEST(RoughPasses, tell_apart_what_float32_cannot) {
  on_every_instruction_set([] {
    for (const double scale : {1e-30, 1e-10, 1.0, 1e14, 1e25}) {
      SCOPED_TRACE(scale);
      for (unsigned seed = 0; seed < 10; ++seed) {
        RandomPass<double> pass(seed, {{0, 16, 16}, {16, 64, 48}, {64, 160, 32}});
        std::fill_n(pass.row_i.get(), 200, seed % 2 == 0 ? 0.25F : 1.0F);
        for (double& f : pass.f) f = scale * (1 + 1e-12 * std::round(3 * f));
        const std::size_t i = plain_extremes(pass).index;
        ASSERT_NE(i, kNoVariable);
        pass.f[i] = -scale;
        EXPECT_EQ(find_partner(pass.view(true), pass.row_i.get(), i), plain_partner(pass, i, true));
      }
    }
  });
}

/// Products of a last direction, by slot.
std::vector<float> random_products(std::size_t n) {
  std::mt19937 random(9);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> out(n);
  for (float& value : out) value = uniform(random);
  return out;
}

TEST(ConjugatePasses, turn_the_direction_as_plain_loops_do) {
  on_every_instruction_set([&] {
    for (const auto& windows : kWindows) {
      RandomPass<float> pass(5, windows);
      RandomPass<float> plain(5, windows);
      std::vector<float> products = random_products(pass.f.size());
      std::vector<float> plain_products = products;
      constexpr float kFactor = -0.61F;
      constexpr float kStep = 1.7F;
      const Extremes extremes =
          turn_and_scan(pass.view(true), pass.row_i.get(), pass.row_j.get(), kFactor, kStep, products.data());
      for (std::size_t k = 0; k < plain.f.size(); ++k) {
        const float pair = plain.row_i[plain.column[k]] - plain.row_j[plain.column[k]];
        plain_products[k] = pair + kFactor * plain_products[k];
        plain.f[k] += kStep * plain_products[k];
      }
      EXPECT_EQ(products, plain_products);
      EXPECT_EQ(pass.f, plain.f);
      expect_equal(extremes, plain_extremes(plain));
    }
  });
}

TEST(ConjugatePasses, find_the_partner_that_plain_loops_find) {
  on_every_instruction_set([&] {
    for (const auto& windows : kWindows) {
      for (unsigned seed = 0; seed < 20; ++seed) {
        RandomPass<float> pass(seed, windows);
        std::vector<float> products = random_products(pass.f.size());
        const LastDirection last{.products = products.data(), .curvature = 0.8};
        const std::size_t i = plain_extremes(pass).index;
        if (i == kNoVariable) continue;
        EXPECT_EQ(find_partner(pass.view(false), pass.row_i.get(), i, last),
                  plain_partner(pass, i, false, [&](std::size_t k, double curvature) {
                    const double difference = static_cast<double>(products[i]) - static_cast<double>(products[k]);
                    return std::max(curvature - difference * difference / last.curvature,
                                    curvature * static_cast<double>(kLeastConjugate));
                  }));
      }
    }
  });
}

TYPED_TEST(SmoPasses, find_nothing_where_nothing_may_move) {
  RandomPass<TypeParam> pass(3, kWindows.front());
  pass.rises = pass.falls = Bits(16);
  EXPECT_EQ(scan(pass.view(true)).index, kNoVariable);
  EXPECT_EQ(find_partner(pass.view(true), pass.row_i.get(), 0), kNoVariable);
}

TEST(KeepEntries, keeps_what_is_marked_in_order) {
  on_every_instruction_set([&] {
    for (const auto& windows : kWindows) {
      const RandomPass<float> pass(4, windows);
      std::vector<float> kept(pass.f.size() + 16, 0.0F);
      kept.resize(keep_entries(pass.row_i.get(), windows, pass.rises, kept.data()));
      std::vector<float> expected;
      for (std::size_t k = 0; k < pass.f.size(); ++k) {
        if (pass.rises.test(k)) expected.push_back(pass.row_i[pass.column[k]]);
      }
      EXPECT_EQ(kept, expected);
    }
  });
}

}  // namespace
}  // namespace gridmill::models::svm::test
