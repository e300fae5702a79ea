// Votes from the float32 kernel matrix against plain sums in double.
#include "models/svm/machines/pair_votes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "given_rows.hpp"

namespace gridmill::models::svm::test {
namespace {

/// Support vectors of k classes, three in ten of their coefficients not 0, the last class without any.
OneVsOne random_machine(std::size_t k, std::size_t n_support) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(-1, 1);
  OneVsOne out{.start = {0}, .coefficients = core::Matrix(k - 1, n_support, arma::fill::zeros)};
  for (std::size_t a = 0; a < k; ++a) {
    out.classes.push_back(a);
    out.start.push_back(n_support * std::min(a + 1, k - 1) / (k - 1));
  }
  out.coefficients.for_each([&](double& value) { value = uniform(random) < -0.4 ? uniform(random) : 0.0; });
  for (std::size_t p = 0; p < k * (k - 1) / 2; ++p) out.rho.push_back(0.3 * uniform(random));
  return out;
}

core::Matrix positive_kernel(std::size_t n) {
  std::mt19937 random(4);
  std::uniform_real_distribution<double> uniform(0, 1);
  core::Matrix kernel(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j)
      kernel(i, j) = kernel(j, i) = static_cast<double>(static_cast<float>(uniform(random)));
  }
  return kernel;
}

std::vector<core::Index> every(std::size_t step, std::size_t first, std::size_t end) {
  std::vector<core::Index> out;
  for (std::size_t i = first; i < end; i += step) out.push_back(static_cast<core::Index>(i));
  return out;
}

/// Expects the votes of plain sums, and no doubt where they are clear. Returns how many samples are in doubt.
std::size_t expect_plain_votes(const OneVsOne& machine, std::span<const core::Index> support,
                               std::span<const core::Index> positions, const core::Matrix& kernel) {
  GivenRows rows(kernel);
  const auto winners = count_votes(machine, support, rows, positions);
  EXPECT_EQ(winners.size(), positions.size());
  std::size_t n_doubts = 0;
  Decider decider(machine);
  std::vector<double> own(support.size());
  std::vector<double> values(machine.n_pairs());
  for (std::size_t s = 0; s < positions.size(); ++s) {
    for (std::size_t v = 0; v < support.size(); ++v) own[v] = kernel(support[v], positions[s]);
    decider.decide(own, values);
    const double least = std::abs(*std::ranges::min_element(values, {}, [](double v) { return std::abs(v); }));
    if (winners[s]) {
      EXPECT_EQ(static_cast<double>(*winners[s]), machine.vote(values)) << "sample " << s;
    } else {
      EXPECT_LT(least, 1e-4) << "sample " << s;
    }
    n_doubts += winners[s] ? 0U : 1U;
  }
  return n_doubts;
}

TEST(PairVotes, are_those_of_plain_sums) {
  const core::Matrix kernel = positive_kernel(900);
  for (const std::size_t k : {2U, 3U, 40U}) {
    SCOPED_TRACE(k);
    const auto support = every(2, 0, 700);
    const OneVsOne machine = random_machine(k, support.size());
    // Scattered, in runs, in descending order, a single one, none; the first need several blocks where classes are
    // many.
    auto scattered = every(2, 1, 900);
    EXPECT_LT(expect_plain_votes(machine, support, scattered, kernel), scattered.size() / 10);
    std::ranges::reverse(scattered);
    expect_plain_votes(machine, support, scattered, kernel);
    expect_plain_votes(machine, support, every(1, 333, 777), kernel);
    expect_plain_votes(machine, support, every(1, 5, 6), kernel);
    expect_plain_votes(machine, support, {}, kernel);
  }
}

TEST(PairVotes, leave_open_what_rounding_may_have_decided) {
  const core::Matrix kernel = positive_kernel(60);
  OneVsOne machine = random_machine(2, 1);
  machine.start = {0, 1, 1};
  machine.coefficients(0, 0) = 1;
  const std::vector<core::Index> support{7};
  const std::vector<core::Index> positions{11, 12};
  machine.rho[0] = kernel(7, 11) * (1 + 0x1p-26);
  EXPECT_EQ(expect_plain_votes(machine, support, positions, kernel), 1U);
  GivenRows rows(kernel);
  EXPECT_FALSE(count_votes(machine, support, rows, positions)[0]);
}

}  // namespace
}  // namespace gridmill::models::svm::test
