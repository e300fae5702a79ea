#include "features/evaluation/evaluation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluation/shop.hpp"

namespace gridmill::features::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::NanSensitiveDoubleEq;

/// Rows of customers as stored: 10, 30, 20.
constexpr core::RowId kTen = 0, kThirty = 1, kTwenty = 2;

class EvaluationTest : public ::testing::Test {
 protected:
  [[nodiscard]] FeatureRef aggregation(const Primitive* primitive, core::TableId table, const std::string& name,
                                       std::vector<core::RelationshipId> path) const {
    return make_aggregation(data.entity_set(), {primitive, {}}, {column(data, table, name)}, std::move(path));
  }

  [[nodiscard]] std::vector<double> numbers(const FeatureRef& feature, const std::vector<Instance>& instances) const {
    const Evaluator evaluator(data, options);
    const std::vector<FeatureRef> features{feature};
    return evaluator.evaluate(feature->table, features, instances).front().front().numbers();
  }

  MemoryEntityData data = shop();
  EvaluationOptions options;
};

TEST_F(EvaluationTest, aggregates_the_children_known_at_each_cutoff) {
  const FeatureRef total = aggregation(sum(), kOrders, "amount", {kOrdersOfCustomer});
  EXPECT_THAT(numbers(total, {{kTen, 99 * kDay}, {kThirty, 99 * kDay}, {kTwenty, 99 * kDay}}), ElementsAre(23, 13, 0));
  EXPECT_THAT(numbers(total, {{kTen, 3 * kDay}, {kTen, 8 * kDay}, {kTen, 2 * kDay}, {kThirty, 5 * kDay}}),
              ElementsAre(12, 23, 7, 0));
}

TEST_F(EvaluationTest, leaves_out_rows_at_the_cutoff_if_told) {
  options.include_cutoff_time = false;
  const FeatureRef total = aggregation(sum(), kOrders, "amount", {kOrdersOfCustomer});
  EXPECT_THAT(numbers(total, {{kTen, 3 * kDay}, {kTen, 8 * kDay}}), ElementsAre(7, 12));
}

TEST_F(EvaluationTest, leaves_out_rows_older_than_the_training_window) {
  options.training_window = Window{.amount = 6, .unit = Window::Unit::days};
  const FeatureRef total = aggregation(sum(), kOrders, "amount", {kOrdersOfCustomer});
  // On day 8 the customer of day 1 is too old himself: nothing of him is known.
  EXPECT_THAT(numbers(total, {{kTen, 8 * kDay}, {kTen, 6 * kDay}}), ElementsAre(0, 12));
  options.last_time_indexes = true;
  EXPECT_THAT(numbers(total, {{kTen, 8 * kDay}, {kTen, 6 * kDay}}), ElementsAre(16, 12));
}

TEST_F(EvaluationTest, composes_steps_and_brings_groups_into_table_order) {
  const FeatureRef prices = aggregation(digits(), kItems, "price", {kOrdersOfCustomer, kItemsOfOrder});
  // Items 4 (order 101), 2 and 5 (order 100), 1 (order 102): stored so, but in table order 1, 2, 4, 5.
  EXPECT_THAT(numbers(prices, {{kTen, 99 * kDay}, {kTwenty, 99 * kDay}}),
              ElementsAre(1020816, NanSensitiveDoubleEq(kNaN)));
  EXPECT_THAT(numbers(prices, {{kThirty, 7 * kDay}, {kTen, 4 * kDay}}), ElementsAre(4, 20816));
}

TEST_F(EvaluationTest, reaches_children_of_a_second_relationship) {
  const FeatureRef amounts = aggregation(digits(), kOrders, "amount", {kOrdersOfProduct});
  EXPECT_THAT(numbers(amounts, {{0, 99 * kDay}, {1, 99 * kDay}, {0, 6 * kDay}}), ElementsAre(51311, 717, 513));
}

TEST_F(EvaluationTest, takes_features_of_parents_or_their_default) {
  const FeatureRef total = aggregation(sum(), kOrders, "amount", {kOrdersOfCustomer});
  const FeatureRef direct = make_direct(data.entity_set(), total, kOrdersOfCustomer);
  // Rows of orders: 101, 100, 102, 103, 105, 104. 104 has no customer, 105 is never known.
  EXPECT_THAT(numbers(direct, {{0, 99 * kDay}, {5, 99 * kDay}, {3, 99 * kDay}, {1, 3 * kDay}}),
              ElementsAre(23, 0, 13, 12));
  const FeatureRef score = make_direct(data.entity_set(), column(data, kCustomers, "score"), kOrdersOfCustomer);
  EXPECT_THAT(numbers(score, {{3, 99 * kDay}, {5, 99 * kDay}}), ElementsAre(2, NanSensitiveDoubleEq(kNaN)));
}

TEST_F(EvaluationTest, floors_cutoffs_of_parents_if_approximate) {
  options.approximate = 5 * kDay;
  const FeatureRef total = aggregation(sum(), kOrders, "amount", {kOrdersOfCustomer});
  const FeatureRef direct = make_direct(data.entity_set(), total, kOrdersOfCustomer);
  EXPECT_THAT(numbers(direct, {{0, 9 * kDay}, {0, 10 * kDay}, {0, 2 * kDay}}), ElementsAre(12, 23, 0));
}

TEST_F(EvaluationTest, leaves_instances_that_are_not_known_yet_at_their_defaults) {
  const FeatureRef score = column(data, kCustomers, "score");
  EXPECT_THAT(numbers(score, {{kThirty, 4 * kDay}, {core::kNoRow, 4 * kDay}, {kTen, 4 * kDay}}),
              ElementsAre(NanSensitiveDoubleEq(kNaN), NanSensitiveDoubleEq(kNaN), 0.5));
  const FeatureRef total = aggregation(sum(), kOrders, "amount", {kOrdersOfCustomer});
  EXPECT_THAT(numbers(total, {{kThirty, 4 * kDay}, {kTen, 4 * kDay}}), ElementsAre(0, 12));
}

TEST_F(EvaluationTest, leaves_unknown_what_is_unknown_if_strict) {
  options.semantics = Semantics::strict;
  const FeatureRef total = aggregation(sum(), kOrders, "amount", {kOrdersOfCustomer});
  EXPECT_THAT(numbers(total, {{kThirty, 4 * kDay}, {kTwenty, 9 * kDay}}), ElementsAre(NanSensitiveDoubleEq(kNaN), 0));
  const FeatureRef direct = make_direct(data.entity_set(), total, kOrdersOfCustomer);
  EXPECT_THAT(numbers(direct, {{5, 99 * kDay}, {3, 99 * kDay}}), ElementsAre(NanSensitiveDoubleEq(kNaN), 13));
}

TEST_F(EvaluationTest, hides_columns_until_their_secondary_time) {
  const FeatureRef rating = column(data, kOrders, "rating");
  // 101 is shipped on day 8, 100 on day 4, 102 never.
  EXPECT_THAT(numbers(rating, {{0, 8 * kDay}, {1, 5 * kDay}, {2, 8 * kDay}, {0, 9 * kDay}}),
              ElementsAre(NanSensitiveDoubleEq(kNaN), 1, 3, 2));
}

TEST_F(EvaluationTest, filters_groups_by_where_and_use_previous) {
  const core::EntitySet& set = data.entity_set();
  const auto amounts = [&](std::optional<Where> where, std::optional<Window> last) {
    const FeatureRef feature = make_aggregation(set, {digits(), {}}, {column(data, kOrders, "amount")},
                                                {kOrdersOfCustomer}, std::move(where), last);
    return numbers(feature, {{kTen, 8 * kDay}}).front();
  };
  const Where above{.feature = column(data, kOrders, "amount"), .comparison = ">", .value = core::Value(6)};
  EXPECT_EQ(amounts({}, {}), 70511);
  EXPECT_EQ(amounts(above, {}), 711);
  EXPECT_EQ(amounts({}, Window{.amount = 2, .unit = Window::Unit::observations}), 511);
  EXPECT_EQ(amounts({}, Window{.amount = 5, .unit = Window::Unit::days}), 511);  // its first day counts
  EXPECT_EQ(amounts(above, Window{.amount = 1, .unit = Window::Unit::observations}), 11);
}

TEST_F(EvaluationTest, runs_table_scope_transforms_over_all_rows_known_at_the_cutoff) {
  const core::EntitySet& set = data.entity_set();
  const auto over = [&](const Primitive* primitive, const std::string& name) {
    return make_transform(set, {primitive, {}}, {column(data, kOrders, name)});
  };
  // Table order: 101, 100, 104, 103, 102 (rows 0, 1, 5, 3, 2).
  const std::vector<Instance> one{{2, 99 * kDay}, {0, 99 * kDay}, {3, 99 * kDay}, {4, 99 * kDay}};
  EXPECT_THAT(numbers(over(running_sum(), "amount"), one), ElementsAre(53, 7, 42, NanSensitiveDoubleEq(kNaN)));
  const std::vector<Instance> several{{1, 3 * kDay}, {3, 6 * kDay}, {0, 3 * kDay}, {0, 6 * kDay}};
  EXPECT_THAT(numbers(over(running_sum(), "amount"), several), ElementsAre(12, 42, 7, 7));
  EXPECT_THAT(numbers(over(sum_from_here(), "amount"), several), ElementsAre(22, 13, 29, 42));
  // Ratings become known with time: no two cutoffs can share the sums.
  const std::vector<Instance> rated{{5, 4 * kDay}, {5, 9 * kDay}};
  EXPECT_THAT(numbers(over(running_sum(), "rating"), rated), ElementsAre(NanSensitiveDoubleEq(kNaN), 8));
}

TEST_F(EvaluationTest, keeps_what_is_the_same_at_every_cutoff_for_later_calls) {
  int n_calls = 0;
  Primitive counted = make_running_sum(false);
  counted.transform = [&n_calls, sums = counted.transform](const TransformInput& in) {
    ++n_calls;
    return sums(in);
  };
  const std::vector<FeatureRef> features{
      make_transform(data.entity_set(), {&counted, {}}, {column(data, kOrders, "amount")})};
  const auto n_calls_of_two = [&] {
    n_calls = 0;
    const Evaluator evaluator(data, options);
    const auto numbers_of = [&](const std::vector<Instance>& instances) {
      return evaluator.evaluate(kOrders, features, instances).front().front().numbers();
    };
    EXPECT_THAT(numbers_of({{1, 3 * kDay}, {3, 6 * kDay}}), ElementsAre(12, 42));
    EXPECT_THAT(numbers_of({{2, 9 * kDay}, {0, 3 * kDay}}), ElementsAre(53, 7));
    return n_calls;
  };
  EXPECT_EQ(n_calls_of_two(), 1);
  options.kept_bytes = 8;  // less than the six sums
  EXPECT_EQ(n_calls_of_two(), 2);
}

TEST_F(EvaluationTest, runs_group_by_transforms_within_each_group) {
  const FeatureRef feature = make_group_by_transform(
      data.entity_set(), {running_sum(), {}}, {column(data, kOrders, "amount")}, column(data, kOrders, "product"));
  EXPECT_THAT(numbers(feature, {{2, 99 * kDay}, {5, 99 * kDay}, {0, 5 * kDay}}), ElementsAre(29, 24, 7));
  const FeatureRef total = make_aggregation(data.entity_set(), {digits(), {}}, {feature}, {kOrdersOfCustomer});
  EXPECT_THAT(numbers(total, {{kTen, 99 * kDay}, {kTen, 4 * kDay}}), ElementsAre(70529, 705));
}

TEST_F(EvaluationTest, lists_visible_rows_in_table_order) {
  const Evaluator evaluator(data, options);
  EXPECT_THAT(evaluator.visible_rows(kOrders, 6 * kDay), ElementsAre(0, 1, 5, 3));
  EXPECT_THAT(evaluator.visible_rows(kProducts, 0), ElementsAre(0, 1));
}

}  // namespace
}  // namespace gridmill::features::testing
