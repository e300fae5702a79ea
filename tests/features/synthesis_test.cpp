#include "features/synthesis/synthesis.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/error.hpp"
#include "golden_setting.hpp"

namespace gridmill::features {
namespace {

using core::Value;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using Names = std::vector<std::string>;

std::vector<PrimitiveUse> uses(PrimitiveKind kind, const Names& names) {
  std::vector<PrimitiveUse> uses;
  for (const std::string& each : names) uses.push_back(read_primitive(kind, each));
  return uses;
}

/// Customers in regions, with orders of products, items of orders, and transfers among customers.
struct SynthesisTest : ::testing::Test {
  core::EntitySet set = read_golden_setting(golden_folders().front() / "edge_depth1.yaml").set;
  SynthesisOptions options;

  SynthesisTest() {
    options.target = set.find("customers");
    options.transforms = std::vector<PrimitiveUse>{};
    aggregate({"count", "sum"});
  }

  void aggregate(const Names& names) { options.aggregations = uses(PrimitiveKind::aggregation, names); }
  void transform(const Names& names) { options.transforms = uses(PrimitiveKind::transform, names); }

  std::vector<FeatureRef> features() const { return synthesize(set, options); }
  [[nodiscard]] Names names() const {
    Names names;
    for (const FeatureRef& each : features()) names.push_back(each->name);
    return names;
  }
  /// Names of features that are no columns and not of other tables' columns.
  [[nodiscard]] Names made() const {
    Names names;
    for (const FeatureRef& each : features()) {
      if (each->kind != FeatureKind::identity && each->kind != FeatureKind::direct) names.push_back(each->name);
    }
    return names;
  }
  [[nodiscard]] std::string message() const {
    try {
      features();
    } catch (const core::UserError& error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_F(SynthesisTest, no_two_features_have_the_same_name) {
  aggregate({"count", "sum", "max", "max", "mode"});
  options.max_depth = 4;
  const Names all = names();
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
}

TEST_F(SynthesisTest, conditions_come_by_column_then_by_value) {
  aggregate({"count"});
  options.max_depth = 1;
  options.ignore_tables = {"items", "transfers"};
  options.interesting_values["orders"] = {{"channel", {"web", "shop"}}, {"paid", {true}}, {"qty", {2}}};
  EXPECT_THAT(made(), ElementsAre("COUNT(orders)", "COUNT(orders WHERE qty = 2)", "COUNT(orders WHERE paid = True)",
                                  "COUNT(orders WHERE channel = web)", "COUNT(orders WHERE channel = shop)"));
}

TEST_F(SynthesisTest, a_condition_on_the_input_itself_is_left_out) {
  aggregate({"count", "mode"});
  options.where_primitives = uses(PrimitiveKind::aggregation, {"mode"});
  options.max_depth = 1;
  options.interesting_values["orders"] = {{"channel", {"web"}}};
  EXPECT_THAT(made(), AllOf(Contains("MODE(orders.product_id WHERE channel = web)"),
                            Not(Contains("MODE(orders.channel WHERE channel = web)")),
                            Not(Contains("COUNT(orders WHERE channel = web)"))));
}

TEST_F(SynthesisTest, conditions_stack_up_to_their_limit) {
  aggregate({"mean"});
  options.max_depth = 3;
  options.where_primitives = uses(PrimitiveKind::aggregation, {"mean"});
  options.interesting_values["orders"] = {{"channel", {"web"}}};
  options.interesting_values["items"] = {{"kind", {"k1"}}};
  const std::string twice = "MEAN(orders.MEAN(items.price WHERE kind = k1) WHERE channel = web)";
  EXPECT_THAT(names(), Not(Contains(twice)));
  options.where_stacking_limit = 2;
  EXPECT_THAT(names(), Contains(twice));
}

TEST_F(SynthesisTest, ignored_tables_and_columns_are_left_out) {
  options.ignore_tables = {"orders"};
  options.ignore_columns = {{"transfers", {"value"}}, {"customers", {"score"}}};
  // Items belong to customers through orders: what is ignored is no way to them either.
  EXPECT_THAT(made(), ElementsAre("COUNT(transfers[from_customer])", "COUNT(transfers[to_customer])"));
  EXPECT_THAT(names(), Not(Contains("score")));
}

TEST_F(SynthesisTest, only_allowed_paths_are_walked) {
  options.allowed_paths = {{"customers", "orders"}};
  options.max_depth = 1;
  aggregate({"count"});
  EXPECT_THAT(made(), ElementsAre("COUNT(orders)"));
  EXPECT_THAT(names(), Not(Contains("regions.area")));
  options.allowed_paths.push_back({"customers", "orders", "items"});
  options.max_depth = 2;
  EXPECT_THAT(made(), ElementsAre("COUNT(orders)", "COUNT(items)"));
}

TEST_F(SynthesisTest, what_is_included_for_a_primitive_is_not_ignored_for_it) {
  options.max_depth = 1;
  aggregate({"max", "sum"});
  options.ignore_tables = {"transfers", "items"};
  options.ignore_columns = {{"orders", {"amount", "rating", "discount"}}};
  EXPECT_THAT(made(), ElementsAre("MAX(orders.qty)", "SUM(orders.qty)"));
  options.primitive_options = {{.primitives = {"max"}, .include_columns = {{"orders", {"amount"}}}},
                               {.primitives = {"sum"}, .include_tables = {"transfers"}}};
  EXPECT_THAT(made(), ElementsAre("MAX(orders.amount)", "SUM(transfers[from_customer].value)",
                                  "SUM(transfers[to_customer].value)"));
}

TEST_F(SynthesisTest, options_hold_for_all_primitives_they_name) {
  options.max_depth = 1;
  aggregate({"max", "min", "sum"});
  options.ignore_tables = {"transfers"};
  options.primitive_options = {{.primitives = {"Max", "min"},
                                .ignore_tables = {"items"},
                                .ignore_columns = {{"orders", {"qty", "discount", "rating"}}}}};
  EXPECT_THAT(made(), ElementsAre("MAX(orders.amount)", "MIN(orders.amount)", "SUM(orders.amount)",
                                  "SUM(orders.discount)", "SUM(orders.qty)", "SUM(orders.rating)"));
}

TEST_F(SynthesisTest, groups_are_foreign_keys_and_the_categories_named) {
  options.target = set.find("orders");
  options.max_depth = 1;
  options.ignore_tables = {"customers", "products", "items"};
  options.ignore_columns = {{"orders", {"qty", "discount", "rating"}}};
  options.group_by_transforms = uses(PrimitiveKind::transform, {"cum_sum"});
  EXPECT_THAT(made(), ElementsAre("CUM_SUM(amount) by customer_id", "CUM_SUM(amount) by product_id"));
  options.primitive_options = {{.primitives = {"cum_sum"}, .include_group_by_columns = {{"orders", {"channel"}}}}};
  EXPECT_THAT(made(), ElementsAre("CUM_SUM(amount) by channel"));
  options.primitive_options = {{.primitives = {"cum_sum"}, .ignore_group_by_columns = {{"orders", {"product_id"}}}}};
  EXPECT_THAT(made(), ElementsAre("CUM_SUM(amount) by customer_id"));
  options.primitive_options = {{.primitives = {"cum_sum"}, .ignore_group_by_tables = {"orders"}}};
  EXPECT_THAT(made(), ElementsAre());
}

TEST_F(SynthesisTest, seed_features_are_built_on_as_if_they_were_columns) {
  aggregate({"max"});
  options.max_depth = 1;
  const core::TableId orders = set.find("orders");
  const PrimitiveUse negate = read_primitive(PrimitiveKind::transform, "negate");
  options.seed_features = {renamed(*make_transform(set, negate, {make_identity(set, orders, "amount")}), "loss")};
  EXPECT_THAT(made(), Contains("MAX(orders.loss)"));
  EXPECT_EQ(features().back()->depth, 2U);
}

TEST_F(SynthesisTest, outputs_of_a_feature_are_built_on_one_by_one) {
  aggregate({"n_most_common(n=2)", "mode"});
  options.max_depth = 3;
  EXPECT_THAT(made(), IsSupersetOf({"MODE(orders.N_MOST_COMMON(items.kind, n=2)[0])",
                                    "MODE(orders.N_MOST_COMMON(items.kind, n=2)[1])"}));
  options.max_depth = 2;  // an output counts as one deeper than its feature
  EXPECT_THAT(made(), Not(Contains("MODE(orders.N_MOST_COMMON(items.kind, n=2)[0])")));
}

TEST_F(SynthesisTest, names_can_be_dropped_and_the_number_capped) {
  const Names all = names();
  options.drop_contains = {"SUM("};
  options.drop_exact = {"score"};
  for (const std::string& each : names()) {
    EXPECT_EQ(each.find("SUM("), std::string::npos);
    EXPECT_NE(each, "score");
  }
  options.drop_contains.clear();
  options.drop_exact.clear();
  options.max_features = 5;
  EXPECT_EQ(names(), Names(all.begin(), all.begin() + 5));
}

TEST_F(SynthesisTest, times_and_texts_come_only_with_all_return_types) {
  EXPECT_THAT(names(), Not(Contains("joined")));
  options.return_types = ReturnTypes::all;
  EXPECT_THAT(names(), IsSupersetOf({"joined", "notes", "home"}));
  EXPECT_THAT(names(), Not(Contains("customer_id")));
}

TEST_F(SynthesisTest, one_table_alone_has_features_of_depth_1) {
  core::EntitySet alone;
  alone.tables = {set.tables[set.find("regions")]};
  options.target = 0;
  transform({"absolute"});
  for (const std::optional<std::size_t> limit : {std::optional<std::size_t>(), std::optional<std::size_t>(7)}) {
    options.max_depth = limit;
    const auto made = synthesize(alone, options);
    EXPECT_EQ(made.size(), 4U);
    EXPECT_EQ(made.back()->name, "ABSOLUTE(population)");
  }
}

TEST_F(SynthesisTest, without_a_limit_of_depth_everything_reachable_is_made) {
  aggregate({"mean"});
  options.max_depth = std::nullopt;
  EXPECT_THAT(names(), Contains("regions.MEAN(customers.MEAN(orders.MEAN(items.price)))"));
}

TEST_F(SynthesisTest, refuses_what_does_not_exist_all_at_once_with_hints) {
  options.ignore_tables = {"itmes"};
  options.ignore_columns = {{"orders", {"amuont"}}};
  options.allowed_paths = {{"customers", "order"}};
  options.interesting_values["transfer"] = {{"value", {1}}};
  options.primitive_options = {{.primitives = {"summ"}, .include_columns = {{"orders", {"quantity"}}}}};
  const std::string text = message();
  EXPECT_THAT(text, HasSubstr("ignore_tables: there is no table 'itmes'\n  did you mean 'items'?"));
  EXPECT_THAT(text, HasSubstr("ignore_columns: table 'orders' has no column 'amuont'\n  did you mean 'amount'?"));
  EXPECT_THAT(text, HasSubstr("allowed_paths: there is no table 'order'\n  did you mean 'orders'?"));
  EXPECT_THAT(text, HasSubstr("interesting values: there is no table 'transfer'"));
  EXPECT_THAT(text, HasSubstr("primitive_options of summ: unknown primitive 'summ'\n  did you mean 'sum'?"));
  EXPECT_THAT(text, HasSubstr("primitive_options of summ: table 'orders' has no column 'quantity'"));
}

TEST_F(SynthesisTest, refuses_options_given_twice_and_a_target_that_is_ignored) {
  options.primitive_options = {{.primitives = {"sum"}}, {.primitives = {"max", "Sum"}}};
  EXPECT_THAT(message(),
              HasSubstr("primitive_options of max, Sum: 'Sum' has options already\n  give it one set of options"));
  options.primitive_options.clear();
  options.ignore_tables = {"customers"};
  EXPECT_THAT(message(), HasSubstr("ignore_tables: 'customers' is the target"));
}

TEST_F(SynthesisTest, says_so_when_nothing_can_be_built) {
  options.max_depth = 0;
  options.ignore_columns["regions"] = {"population", "area"};
  options.target = set.find("regions");
  EXPECT_THAT(message(), HasSubstr("no feature can be built for table 'regions'\n  name more primitives"));
}

/// A parent with a wide child: many features of few primitives.
core::EntitySet wide(std::size_t n_columns) {
  core::EntitySet set;
  set.tables = {{.name = "shops", .columns = {{"id", core::LogicalType::integer, core::Tag::index}}, .index = "id"},
                {.name = "sales",
                 .columns = {{"id", core::LogicalType::integer, core::Tag::index},
                             {"shop", core::LogicalType::integer, {core::Tag::numeric, core::Tag::foreign_key}}},
                 .index = "id"}};
  for (std::size_t i = 0; i < n_columns; ++i) {
    set.tables[1].columns.push_back({fmt::format("amount_{}", i), core::LogicalType::real, core::Tag::numeric});
  }
  set.relationships = {{0, 1, "id", "shop"}};
  return set;
}

TEST_F(SynthesisTest, refuses_to_fill_the_memory_with_pairs) {
  options.target = 1;
  options.max_depth = 1;
  transform({"divide_numeric"});
  set = wide(1500);
  EXPECT_THAT(message(), HasSubstr("divide_numeric can be applied in more than 2000000 ways"));
}

TEST_F(SynthesisTest, makes_tens_of_thousands_of_features) {
  const core::EntitySet many = wide(60);
  options.target = 0;
  options.max_depth = 2;
  aggregate({"max", "mean", "min", "std", "sum", "skew"});
  transform({"add_numeric"});
  EXPECT_EQ(synthesize(many, options).size(), 75'600U);
}

}  // namespace
}  // namespace gridmill::features
