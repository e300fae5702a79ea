#include "features/definitions/describe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "features/definitions/phrases.hpp"
#include "golden_setting.hpp"

namespace gridmill::features {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(DescribePrimitive, tells_all_there_is_to_know) {
  const std::string text = describe(*find_primitive(PrimitiveKind::aggregation, "n_most_common"));
  EXPECT_THAT(text, HasSubstr("n_most_common - aggregation\n"));
  EXPECT_THAT(text, HasSubstr("  takes:    (category)\n"));
  EXPECT_THAT(text, HasSubstr("  gives:    several columns of the type of its first input\n"));
  EXPECT_THAT(text, HasSubstr("  no rows:  missing\n"));
  EXPECT_THAT(text, HasSubstr("  source:   as in Featuretools 1.28\n"));
  EXPECT_THAT(text, HasSubstr("\nArguments:\n\nn\n"));
  EXPECT_THAT(text, HasSubstr("  default: 3\n"));
}

TEST(DescribePrimitive, tells_of_defaults_stacking_and_needs) {
  const std::string sum = describe(*find_primitive(PrimitiveKind::aggregation, "sum"));
  EXPECT_THAT(sum, HasSubstr("  no rows:  0, also where its result is missing\n"));
  EXPECT_THAT(sum, HasSubstr("  stacks:   not on itself, count\n"));
  EXPECT_THAT(sum, HasSubstr("  used:     if no primitives are named\n"));
  const std::string running = describe(*find_primitive(PrimitiveKind::transform, "cum_sum"));
  EXPECT_THAT(running, HasSubstr("  needs:    all rows of the table known at the cutoff time\n"));
  EXPECT_THAT(running, Not(HasSubstr("no rows")));
}

TEST(DescribePrimitive, has_a_page_for_every_one) {
  for (const Primitive& each : all_primitives()) EXPECT_THAT(describe(each), HasSubstr(each.meaning)) << each.name;
}

TEST(Phrases, take_as_many_inputs_as_their_primitives_and_name_their_arguments) {
  std::size_t n_phrases = 0;
  for (const Primitive& each : all_primitives()) {
    const auto phrase = phrase_for(each.name);
    if (!phrase) continue;
    ++n_phrases;
    std::size_t n_inputs = 0;
    for (std::size_t at = phrase->find("{}"); at != std::string::npos; at = phrase->find("{}", at + 2)) ++n_inputs;
    EXPECT_TRUE(each.counts_rows || n_inputs <= each.inputs.front().size()) << each.name;
    for (std::size_t at = phrase->find('<'); at != std::string::npos; at = phrase->find('<', at + 1)) {
      const std::string name(phrase->substr(at + 1, phrase->find('>', at) - at - 1));
      EXPECT_NE(core::find_option(each.arguments, name), nullptr) << each.name << ' ' << name;
    }
  }
  EXPECT_GT(n_phrases, 80U);
}

struct DescribeFeature : ::testing::Test {
  GoldenSetting setting = read_golden_setting(golden_folders().front() / "edge_use_previous.yaml");

  [[nodiscard]] FeatureRef find(const std::string& name) const {
    for (const FeatureRef& each : synthesize(setting.set, setting.synthesis)) {
      if (each->name == name) return each;
    }
    throw std::runtime_error("no feature " + name);
  }
  [[nodiscard]] std::string sentence(const std::string& name) const { return sentence_for(setting.set, *find(name)); }
  [[nodiscard]] std::string lineage(const std::string& name) const { return lineage_of(setting.set, *find(name)); }
};

TEST_F(DescribeFeature, in_a_sentence) {
  EXPECT_EQ(sentence("score"), "The \"score\".");
  EXPECT_EQ(sentence("COUNT(orders)"),
            "The number of all rows of \"orders\" for each \"customer_id\" in \"customers\".");
  EXPECT_EQ(sentence("SUM(orders.amount, Last 2 Days)"),
            "The sum of the \"amount\" of the last 2 days of \"orders\" for each \"customer_id\" in \"customers\".");
  EXPECT_EQ(
      sentence("biggest"),
      "The maximum of the \"amount\" of all rows of \"orders\" where the \"amount\" is > 5 for each \"customer_id\" "
      "in \"customers\".");
  EXPECT_EQ(sentence("regions.area"),
            "The \"area\" of the row of \"regions\" that \"region_id\" in \"customers\" names.");
}

TEST_F(DescribeFeature, in_a_sentence_where_features_are_stacked) {
  setting.synthesis.aggregations =
      std::vector{read_primitive(PrimitiveKind::aggregation, "mean"), read_primitive(PrimitiveKind::aggregation, "sum"),
                  read_primitive(PrimitiveKind::aggregation, "n_most_common")};
  setting.synthesis.max_depth = 3;
  EXPECT_EQ(
      sentence("MEAN(orders.SUM(items.price))"),
      "The average of the sum of the \"price\" of all rows of \"items\" for each \"order_id\" in \"orders\" of all "
      "rows of \"orders\" for each \"customer_id\" in \"customers\".");
  EXPECT_THAT(sentence("N_MOST_COMMON(orders.N_MOST_COMMON(items.kind)[1])"),
              HasSubstr("of number 2 of the 3 most frequent values of the \"kind\" of all rows of \"items\""));
}

TEST_F(DescribeFeature, as_a_tree) {
  EXPECT_EQ(lineage("SUM(orders.qty WHERE channel.isin(['web', 'shop']), Last 36 Hours)"),
            "customers: SUM(orders.qty WHERE channel.isin(['web', 'shop']), Last 36 Hours)"
            "  <- sum over the rows of orders by customer_id where channel.isin(['web', 'shop']), last 36 Hours\n"
            "├─ orders: qty  <- column, Integer numeric\n"
            "└─ where orders: channel  <- column, Categorical category\n");
  setting.synthesis.aggregations = std::vector{read_primitive(PrimitiveKind::aggregation, "trend")};
  setting.synthesis.max_depth = 1;
  EXPECT_EQ(lineage("TREND(orders.amount, placed)"),
            "customers: TREND(orders.amount, placed)  <- trend over the rows of orders by customer_id\n"
            "├─ orders: amount  <- column, Double numeric\n"
            "└─ orders: placed  <- column, Datetime time_index\n");
}

TEST_F(DescribeFeature, as_a_tree_with_paths_groups_and_lookups) {
  setting.synthesis.target = setting.set.find("regions");
  setting.synthesis.max_depth = 3;
  setting.synthesis.aggregations = std::vector{read_primitive(PrimitiveKind::aggregation, "max")};
  setting.synthesis.seed_features.clear();
  setting.synthesis.group_by_transforms = {read_primitive(PrimitiveKind::transform, "lag(periods=2)")};
  EXPECT_EQ(lineage("MAX(orders.products.weight)"),
            "regions: MAX(orders.products.weight)  <- max over the rows of orders by customer_id, then region_id\n"
            "└─ orders: products.weight  <- looked up in products by product_id\n"
            "   └─ products: weight  <- column, Double numeric\n");
  EXPECT_EQ(lineage("MAX(customers.LAG(score, joined, periods=2) by region_id)"),
            "regions: MAX(customers.LAG(score, joined, periods=2) by region_id)"
            "  <- max over the rows of customers by region_id\n"
            "└─ customers: LAG(score, joined, periods=2) by region_id  <- lag(periods=2) in each group\n"
            "   ├─ customers: score  <- column, Double numeric\n"
            "   ├─ customers: joined  <- column, Datetime time_index\n"
            "   └─ by customers: region_id  <- column, Categorical category foreign_key\n");
}

}  // namespace
}  // namespace gridmill::features
