#include "models/svm/kernel_memory.hpp"

#include <gtest/gtest.h>

#include "models/svm/kernel_rows.hpp"
#include "models/svm/pair_products.hpp"

namespace gridmill::models::svm {
namespace {

constexpr std::size_t kN = 4858;
constexpr std::size_t kFeatures = 54;
constexpr KernelWork kShared{.shared = true};

std::size_t gram() { return Gram::bytes(kN); }
std::size_t products() { return PairProducts::bytes(kN); }
TEST(KernelWork, tells_what_is_learnt_from_a_fold) {
  const core::Params number{{"gamma", 0.5}};
  const core::Params scale{{"gamma", "scale"}};
  const core::Params linear{{"gamma", "scale"}, {"kernel", "linear"}};
  const core::Params scaled{{"gamma", 0.5}, {"preprocessing", "standardize"}};
  const auto work = [](const core::Params& params) { return kernel_work(std::span(&params, 1)); };
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
