#include "search/shard.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/fakes.hpp"

namespace gridmill::search {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Lt;

/// Bundles of two families, whose costs are in units of their own.
class ShardTest : public testing::Test {
 protected:
  ShardTest() {
    plan.families = {&one, &other};
    plan.candidates = {{{"model", "one"}}, {{"model", "other"}}};
  }

  void add(std::size_t candidate, const std::vector<double>& costs) {
    for (const double cost : costs) {
      bundles.push_back(bundle_of({candidate, bundles.size()}));
      bundles.back().cost = cost;
    }
  }

  /// Cost of a family's bundles, by shard.
  [[nodiscard]] std::vector<double> costs(std::size_t candidate, std::size_t n_shards) const {
    std::vector<double> sums(n_shards, 0);
    const std::vector<std::size_t> shards = shards_of(plan, bundles, n_shards);
    for (std::size_t i = 0; i < bundles.size(); ++i) {
      if (bundles[i].fits.front().trials.front().candidate == candidate) sums.at(shards[i] - 1) += bundles[i].cost;
    }
    return sums;
  }

  FakeFamily one{"one"};
  FakeFamily other{"other"};
  SearchPlan plan;
  std::vector<Bundle> bundles;
};

TEST_F(ShardTest, gets_a_stretch_of_the_bundles_of_about_the_same_cost) {
  add(0, {8, 1, 1, 1, 1, 1, 1, 1, 1});
  EXPECT_THAT(shards_of(plan, bundles, 2), ElementsAre(1, 2, 2, 2, 2, 2, 2, 2, 2));
  EXPECT_THAT(costs(0, 4), ElementsAre(0, 8, 4, 4));
}

TEST_F(ShardTest, gets_its_part_of_each_family) {
  add(0, std::vector<double>(30, 1e6));
  add(1, std::vector<double>(30, 1));
  EXPECT_THAT(costs(0, 3), Each(10e6));
  EXPECT_THAT(costs(1, 3), Each(10));
}

TEST_F(ShardTest, is_another_one_for_each_of_two_families_of_one_bundle) {
  add(0, {5});
  add(1, {7});
  const std::vector<std::size_t> shards = shards_of(plan, bundles, 2);
  EXPECT_NE(shards[0], shards[1]);
}

TEST_F(ShardTest, exists_for_every_bundle_also_where_there_are_more_of_them_or_costs_are_nothing) {
  EXPECT_THAT(shards_of(plan, bundles, 3), IsEmpty());
  add(0, {0, 0, 0});
  EXPECT_THAT(shards_of(plan, bundles, 1), ElementsAre(1, 1, 1));
  EXPECT_THAT(shards_of(plan, bundles, 100), Each(Lt(101U)));
  bundles.clear();
  add(0, {3, 2, 1});
  const std::vector<std::size_t> shards = shards_of(plan, bundles, 100);
  EXPECT_EQ(std::set(shards.begin(), shards.end()).size(), 3U);
}

}  // namespace
}  // namespace gridmill::search
