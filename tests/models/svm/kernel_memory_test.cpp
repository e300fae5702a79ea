#include "models/svm/kernels/kernel_memory.hpp"

#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "models/svm/kernels/kernel_rows.hpp"
#include "models/svm/kernels/pair_products.hpp"
#include "models/svm/kernels/problem_memory.hpp"

namespace gridmill::models::svm {
namespace {

constexpr std::size_t kN = 4858;
constexpr std::size_t kFeatures = 54;
constexpr KernelWork kShared{.shared = true};

std::size_t gram() { return Gram::bytes(kN); }
std::size_t products() { return PairProducts::bytes(kN); }
TEST(KernelWork, tells_what_is_learnt_from_a_fold) {
  const Candidate number{.params = {{"gamma", 0.5}}};
  const Candidate scale{.params = {{"gamma", "scale"}}};
  const Candidate linear{.params = {{"gamma", "scale"}, {"kernel", "linear"}}};
  const Candidate scaled{.params = {{"gamma", 0.5}}, .is_prepared = true};
  const auto work = [](const Candidate& candidate) { return kernel_work(std::span(&candidate, 1)); };
  EXPECT_TRUE(work(number).shared && !work(number).own_kernel && !work(number).own_samples);
  EXPECT_TRUE(work(linear).shared && !work(linear).own_kernel);
  EXPECT_TRUE(work(scale).own_kernel && !work(scale).shared);
  EXPECT_TRUE(work(scaled).own_samples && !work(scaled).shared);
  EXPECT_TRUE(kernel_work({}).shared && kernel_work({}).own_kernel && kernel_work({}).own_samples);
}

TEST(KernelMemory, needs_no_more_on_a_node_with_two_ranks_than_with_one) {
  for (const std::size_t n_ranks : {1U, 2U}) {
    const KernelMemory plan = plan_kernel_memory(kShared, kN, kFeatures, 0, n_ranks);
    EXPECT_TRUE(plan.shared_products);
    EXPECT_EQ(plan.n_shared_grams, 1U);
    EXPECT_LE(plan.bytes, 2 * 4 * kN * kN + 60'000'000) << n_ranks;
  }
}

TEST(KernelMemory, leaves_out_matrices_then_products_then_the_last_matrix) {
  const std::size_t n_ranks = 8;
  const auto plan = [&](std::size_t bytes) { return plan_kernel_memory(kShared, kN, kFeatures, bytes, n_ranks); };
  EXPECT_EQ(plan(0).n_shared_grams, 4U);
  const std::size_t more_grams = plan(0).bytes + n_ranks * 1048576;  // and a reserve for rows
  EXPECT_EQ(plan(more_grams - gram()).n_shared_grams, 3U);
  EXPECT_EQ(plan(more_grams - 3 * gram()).n_shared_grams, 1U);
  EXPECT_TRUE(plan(more_grams - 3 * gram()).shared_products);
  EXPECT_EQ(plan(more_grams - 4 * gram()).n_shared_grams, 1U);
  EXPECT_FALSE(plan(more_grams - 4 * gram()).shared_products);
  EXPECT_EQ(plan(gram() / 2).n_shared_grams, 0U);
  EXPECT_GT(plan(gram() / 2).cache_bytes, 0U);
}

TEST(KernelMemory, counts_what_each_rank_keeps_of_its_own) {
  const KernelWork own{.own_samples = true};
  const KernelMemory one = plan_kernel_memory(own, kN, kFeatures, 0, 1);
  const KernelMemory four = plan_kernel_memory(own, kN, kFeatures, 0, 4);
  EXPECT_TRUE(one.own_grams && one.own_products && !one.shared_products);
  EXPECT_EQ(one.n_shared_grams, 0U);
  EXPECT_GE(four.bytes, 4 * (gram() + products()));
}

TEST(KernelMemory, stays_within_the_limit_where_that_is_possible) {
  for (const KernelWork work : {kShared, KernelWork{.own_kernel = true}, KernelWork{true, true, true}}) {
    for (const std::size_t n_ranks : {1U, 2U, 16U}) {
      for (std::size_t limit = std::size_t{1} << 29U; limit < std::size_t{1} << 34U; limit *= 2) {
        EXPECT_LE(plan_kernel_memory(work, kN, kFeatures, limit, n_ranks).bytes, limit) << n_ranks;
      }
    }
  }
}

constexpr KernelWork kWorks[] = {kShared, {.own_kernel = true}, {.own_samples = true}, {true, true, true}};
constexpr std::size_t kMiB = std::size_t{1} << 20U;

TEST(KernelMemory, keeps_to_every_limit_from_the_least_on) {
  for (const KernelWork& work : kWorks) {
    for (const std::size_t n : {40U, 500U, 3000U, 20000U}) {
      for (const std::size_t n_ranks : {1U, 2U, 4U, 7U}) {
        const std::size_t least = plan_kernel_memory(work, n, kFeatures, 1, n_ranks).least_bytes;
        EXPECT_GT(plan_kernel_memory(work, n, kFeatures, 1, n_ranks).bytes, 1U);
        for (std::size_t limit = least; limit < 40 * least; limit += least / 16) {
          const KernelMemory plan = plan_kernel_memory(work, n, kFeatures, limit, n_ranks);
          ASSERT_LE(plan.bytes, limit) << n << " samples " << n_ranks << " ranks";
          ASSERT_EQ(plan.least_bytes, least);
        }
      }
    }
  }
}

/// What is left when each rank has the least.
KernelMemory least_plan(const KernelWork& work, std::size_t n, std::size_t n_ranks) {
  return plan_kernel_memory(work, n, kFeatures, 1, n_ranks);
}

TEST(KernelMemory, gives_up_nothing_shared_for_more_ranks_while_it_fits) {
  for (const std::size_t n : {500U, 3000U, 20000U}) {
    const std::size_t matrix = Gram::bytes(n);
    for (const std::size_t n_ranks : {1U, 2U, 3U, 4U, 8U, 16U}) {
      const KernelMemory least = least_plan(kShared, n, n_ranks);
      const std::size_t for_ranks = least.bytes - n_ranks * least.cache_bytes;
      for (std::size_t limit = matrix / 2; limit < 4 * matrix + for_ranks; limit += matrix / 32) {
        const KernelMemory plan = plan_kernel_memory(kShared, n, kFeatures, limit, n_ranks);
        SCOPED_TRACE(testing::Message() << n << " samples, " << n_ranks << " ranks, " << limit);
        ASSERT_EQ(plan.n_shared_grams > 0, for_ranks + matrix <= limit);
        ASSERT_EQ(plan.shared_products, for_ranks + matrix + PairProducts::bytes(n) <= limit);
      }
    }
  }
}

TEST(KernelMemory, has_the_matrix_on_four_ranks_near_the_limit) {
  constexpr std::size_t n = 3000;
  for (const std::size_t n_ranks : {1U, 2U, 4U}) {
    EXPECT_EQ(plan_kernel_memory(kShared, n, kFeatures, 60 * kMiB, n_ranks).n_shared_grams, 1U) << n_ranks;
  }
}

TEST(KernelMemory, never_has_less_with_a_greater_limit) {
  for (const KernelWork& work : kWorks) {
    for (const std::size_t n_ranks : {1U, 4U}) {
      KernelMemory last;
      for (std::size_t limit = kMiB; limit < 3000 * kMiB; limit += limit / 64) {
        const KernelMemory plan = plan_kernel_memory(work, kN, kFeatures, limit, n_ranks);
        ASSERT_GE(plan.n_shared_grams > 0, last.n_shared_grams > 0);
        ASSERT_TRUE(plan.own_grams || !last.own_grams || !(work.own_kernel || work.own_samples));
        last = plan;
      }
    }
  }
}

TEST(KernelMemory, counts_products_that_are_remembered) {
  constexpr std::size_t n = 100000;
  const KernelMemory one = least_plan(kShared, n, 1);
  const KernelMemory two = least_plan(kShared, n, 2);
  EXPECT_GE(two.bytes - one.bytes, ProblemMemory::product_bytes(n) + n * kFeatures * sizeof(double));
  EXPECT_EQ(ProblemMemory::product_bytes(n), 16 * n * 20);
}

TEST(KernelMemory, is_that_of_a_dry_run_too) {
  const std::vector<Candidate> candidates{{.params = {{"gamma", 0.5}}}};
  const core::Matrix x(kFeatures, 3000);
  const core::Dataset data{.x = core::MatrixView(x)};
  const models::Resources resources{.memory_bytes = kMiB, .n_ranks = 4, .candidates = candidates};
  EXPECT_EQ(kernel_memory_use(data, resources).least_bytes, least_plan(kShared, 3000, 4).least_bytes);
}

TEST(KernelMemory, is_said_in_words) {
  EXPECT_EQ(plan_kernel_memory(kShared, kN, kFeatures, 0, 1).describe(kShared, 1),
            "products of pairs, 1 kernel matrix");
  EXPECT_EQ(plan_kernel_memory(kShared, kN, kFeatures, 0, 4).describe(kShared, 4),
            "products of pairs shared, 2 kernel matrices shared by 4 ranks");
  EXPECT_EQ(plan_kernel_memory(kShared, kN, kFeatures, 1, 1).describe(kShared, 1),
            "rows computed on demand, 1 MiB a rank kept");
}

}  // namespace
}  // namespace gridmill::models::svm
