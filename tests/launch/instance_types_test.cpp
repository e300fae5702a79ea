#include "launch/instance_types.hpp"

#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace gridmill::launch {
namespace {

TEST(InstanceTypes, are_read_from_the_table) {
  const auto types = read_instance_types("# a remark\nregion,type,...\nx-1,a.large,2,4,0.5,0.4\nx-1,b.large,8,16,1,\n");
  ASSERT_EQ(types.size(), 2U);
  EXPECT_EQ(types[0].name, "a.large");
  EXPECT_EQ(types[0].n_vcpus, 2U);
  EXPECT_EQ(types[0].memory_bytes, 4.0 * (1U << 30U));
  EXPECT_EQ(types[0].spot_share, 0.4);
  EXPECT_EQ(types[1].on_demand_usd, 1);
  EXPECT_FALSE(types[1].spot_share);
}

TEST(InstanceTypes, of_the_program_are_each_there_once_and_cost_what_their_size_says) {
  std::set<std::pair<std::string, std::string>> names;
  for (const InstanceType& each : instance_types()) {
    EXPECT_TRUE(names.emplace(each.region, each.name).second) << each.region << " " << each.name;
    EXPECT_LT(each.spot_share.value_or(0.5), 1) << each.name;
    const std::string family = each.name.substr(0, each.name.find('.'));
    const InstanceType* small = find_instance_type(each.region, family + ".large");
    if (small == nullptr || family == "t3") continue;
    const double n = static_cast<double>(each.n_vcpus) / static_cast<double>(small->n_vcpus);
    EXPECT_NEAR(each.on_demand_usd, n * small->on_demand_usd, 1e-5) << each.region << " " << each.name;
  }
}

TEST(InstanceTypes, has_those_that_clusters_take_by_default) {
  for (const char* region : {"eu-central-1", "eu-west-1", "us-east-1", "us-west-2"}) {
    for (const char* name : {"t3.medium", "c7i.2xlarge", "c6i.2xlarge", "c7a.2xlarge"}) {
      EXPECT_NE(find_instance_type(region, name), nullptr) << region << " " << name;
    }
  }
  EXPECT_EQ(find_instance_type("eu-central-1", "t9.huge"), nullptr);
}

}  // namespace
}  // namespace gridmill::launch
