#include "cli/aws_offers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::cli {
namespace {

using testing::HasSubstr;

config::AwsPlace eight_workers() {
  config::AwsPlace place;
  place.name = "dev";
  place.region = "eu-central-1";
  return place;
}

TEST(aws_offers, reckon_with_head_and_the_dearest_type_of_worker) {
  const jobs::Offers offers = aws_offers(eight_workers());
  ASSERT_EQ(offers.each.size(), 4U);
  EXPECT_EQ(offers.each[0].name, "1 worker");
  EXPECT_EQ(offers.each[3].name, "8 workers");
  EXPECT_EQ(offers.each[3].layout.n_nodes, 8U);
  EXPECT_EQ(offers.each[3].layout.ranks_per_node, 8U);
  EXPECT_TRUE(offers.each[3].layout.has_coordinator);
  // By terraform/prices.csv: t3.medium, and c7i.2xlarge as spot, or c7a.2xlarge on demand.
  EXPECT_DOUBLE_EQ(offers.each[0].usd_per_hour, 0.048 + 0.53 * 0.4074);
  EXPECT_DOUBLE_EQ(offers.each[0].most_usd_per_hour, 0.048 + 0.46852);
  EXPECT_DOUBLE_EQ(offers.each[3].most_usd_per_hour, 0.048 + 8 * 0.46852);
  EXPECT_THAT(offers.of, HasSubstr("8 ranks and 16.0 GiB of memory each"));
}

TEST(aws_offers, take_the_prices_and_the_slots_of_the_file) {
  config::AwsPlace place = eight_workers();
  place.instance_types = {"z9.mega"};
  place.workers.max = 3;
  EXPECT_THROW(aws_offers(place), core::UserError) << "neither its cores are known nor its price";
  place.slots_per_node = 4;
  EXPECT_THROW(aws_offers(place), core::UserError);
  place.prices = {{"z9.mega", 2}};
  const jobs::Offers offers = aws_offers(place);
  ASSERT_EQ(offers.each.size(), 3U);
  EXPECT_EQ(offers.each[2].name, "3 workers");
  EXPECT_EQ(offers.each[2].layout.ranks_per_node, 4U);
  EXPECT_DOUBLE_EQ(offers.each[2].usd_per_hour, 0.048 + 3 * 2) << "what spot costs is not known";
}

TEST(aws_offers, fill_in_prices_that_the_file_does_not_give) {
  config::AwsPlace place = eight_workers();
  place.instance_types = {"c7i.2xlarge", "z9.mega"};
  place.prices = {{"c7i.2xlarge", 1}};
  EXPECT_THAT(with_known_prices(place).prices,
              testing::ElementsAre(testing::Pair("c7i.2xlarge", 1), testing::Pair("t3.medium", 0.048)));
}

TEST(aws_offers, turn_a_budget_of_money_into_time_at_the_dearest) {
  config::AwsPlace place = eight_workers();
  EXPECT_FALSE(aws_time_budget(place));
  place.budget.cost.usd = 5;
  EXPECT_EQ(aws_time_budget(place)->seconds, 4741);  // 5 / (0.048 + 8 x 0.46852) hours
  place.budget.time.seconds = 600;
  EXPECT_EQ(aws_time_budget(place)->seconds, 600);
  EXPECT_EQ(aws_offers(place).budget_s, 600);
}

}  // namespace
}  // namespace gridmill::cli
