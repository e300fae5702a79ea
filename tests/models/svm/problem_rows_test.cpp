#include "models/svm/solver/problem_rows.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "given_rows.hpp"

namespace gridmill::models::svm::test {
namespace {

core::Matrix random_kernel(std::size_t n) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> uniform(-1, 1);
  core::Matrix kernel(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) kernel(i, j) = kernel(j, i) = static_cast<double>(uniform(random));
  }
  return kernel;
}

std::vector<core::Index> numbers(core::Index first, core::Index last, core::Index step = 1) {
  std::vector<core::Index> out;
  for (core::Index k = first; k < last; k += step) out.push_back(k);
  return out;
}

std::vector<core::Index> joined(std::vector<core::Index> a, const std::vector<core::Index>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// What a problem may consist of: neighbours, folds left out, every third sample, each sample twice.
std::vector<std::vector<core::Index>> position_lists() {
  const auto fold_left_out = joined(joined(numbers(3, 200), numbers(300, 707)), numbers(790, 1390));
  return {numbers(5, 40),
          fold_left_out,
          numbers(0, 1300, 3),
          numbers(1, 1390, 7),
          joined(numbers(100, 160), numbers(100, 160)),
          joined(fold_left_out, fold_left_out)};
}

TEST(ProblemRows, are_the_entries_of_the_chosen_samples_in_their_order) {
  const core::Matrix kernel = random_kernel(1400);
  GivenRows source(kernel);
  for (const std::size_t bytes : {0U, 1U << 16U, 1U << 28U}) {
    ProblemMemory memory(bytes);
    for (const auto& positions : position_lists()) {
      SCOPED_TRACE(fmt::format("{} samples from {}, {} bytes", positions.size(), positions.front(), bytes));
      ProblemRows rows(source, positions, memory);
      ASSERT_EQ(rows.size(), positions.size());
      for (std::size_t k = 0; k < rows.size(); k += 11) {
        const float* row = rows.row(rows.slot(k));
        ASSERT_TRUE(k == 0 || rows.slot(k) > rows.slot(k - 1));
        EXPECT_EQ(rows.diagonal(rows.slot(k)), kernel(positions[k], positions[k]));
        for (std::size_t l = 0; l < rows.size(); ++l) {
          ASSERT_EQ(row[rows.column(rows.slot(l))], static_cast<float>(kernel(positions[k], positions[l]))) << k << l;
        }
      }
    }
  }
}

TEST(ProblemRows, have_windows_over_all_slots) {
  const core::Matrix kernel = random_kernel(1400);
  GivenRows source(kernel);
  ProblemMemory memory(1U << 20U);
  for (const auto& positions : position_lists()) {
    ProblemRows rows(source, positions, memory);
    std::size_t next = 0;
    for (const Window& window : rows.windows()) {
      EXPECT_EQ(window.slot, next);
      EXPECT_EQ(window.column % 16 + window.size % 16, 0U);
      next += window.size;
    }
    EXPECT_EQ(next, rows.n_slots());
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const auto holds = [&](const Window& window) {
        return rows.slot(k) >= window.slot && rows.slot(k) < window.slot + window.size &&
               rows.column(rows.slot(k)) == window.column + rows.slot(k) - window.slot;
      };
      ASSERT_EQ(std::ranges::count_if(rows.windows(), holds), 1);
    }
  }
}

TEST(ProblemRows, sum_up_their_products_with_a_direction) {
  const core::Matrix kernel = random_kernel(1400);
  GivenRows source(kernel);
  ProblemMemory memory(1U << 20U);
  std::mt19937 random(8);
  std::normal_distribution<double> normal;
  for (const auto& positions : position_lists()) {
    ProblemRows rows(source, positions, memory);
    std::vector<double> direction(positions.size());
    for (double& value : direction) value = normal(random);
    const std::vector<double> sums = *rows.products_with(direction);
    for (std::size_t k = 0; k < positions.size(); k += 17) {
      double expected = 0;
      for (std::size_t l = 0; l < positions.size(); ++l) expected += kernel(positions[l], positions[k]) * direction[l];
      ASSERT_NEAR(sums[k], expected, 1e-10) << k;
    }
    EXPECT_EQ(*rows.products_with(direction), sums);  // found again
  }
}

}  // namespace
}  // namespace gridmill::models::svm::test
