#include "features/definitions/feature.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::features {
namespace {

using core::EntityColumn;
using core::LogicalType;
using core::Tag;
using core::Tags;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Two tables; transfers lead to customers twice, by sender and by receiver.
core::EntitySet bank() {
  core::EntitySet set;
  set.tables = {
      {.name = "customers",
       .columns = {{"id", LogicalType::integer, Tag::index},
                   {"joined", LogicalType::datetime, Tag::time_index},
                   {"city", LogicalType::categorical, Tag::category}},
       .index = "id",
       .time_index = "joined"},
      {.name = "transfers",
       .columns = {{"id", LogicalType::integer, Tag::index},
                   {"sender", LogicalType::integer, {Tag::numeric, Tag::foreign_key}},
                   {"receiver", LogicalType::integer, {Tag::numeric, Tag::foreign_key}},
                   {"value", LogicalType::real, Tag::numeric},
                   {"kind", LogicalType::categorical, Tag::category}},
       .index = "id"},
      {.name = "notes",
       .columns = {{"id", LogicalType::integer, Tag::index},
                   {"transfer", LogicalType::integer, {Tag::numeric, Tag::foreign_key}},
                   {"weight", LogicalType::real, Tag::numeric}},
       .index = "id"},
  };
  set.relationships = {{0, 1, "id", "sender"}, {0, 1, "id", "receiver"}, {1, 2, "id", "transfer"}};
  return set;
}

const InputSlot kNumeric{.type = {}, .tags = Tag::numeric};
const InputSlot kCategory{.type = {}, .tags = Tag::category};
const InputSlot kAny{};

Primitive aggregation(std::string name, InputSlot slot) {
  Primitive primitive;
  primitive.name = std::move(name);
  primitive.inputs = {{std::move(slot)}};
  return primitive;
}

struct FeatureTest : ::testing::Test {
  core::EntitySet set = bank();
  Primitive sum = aggregation("sum", kNumeric);
  Primitive last = aggregation("last", kAny);
  Primitive most = aggregation("n_most_common", kCategory);
  Primitive plus = aggregation("add_numeric", kNumeric);
  Primitive running = aggregation("cum_sum", kNumeric);

  FeatureTest() {
    sum.output = kNumeric;
    sum.default_value = 0;
    most.arguments = {{.name = "n", .kinds = {core::Kind::integer}, .default_value = 3}};
    most.n_outputs = [](const core::Params& arguments) {
      return static_cast<std::size_t>(arguments.at("n").integer());
    };
    plus.kind = PrimitiveKind::transform;
    plus.inputs = {{kNumeric, kNumeric}};
    plus.output = kNumeric;
    plus.write_name = [](std::span<const std::string> inputs, const core::Params&) {
      return inputs[0] + " + " + inputs[1];
    };
    running.kind = PrimitiveKind::transform;
  }

  FeatureRef column(core::TableId table, const std::string& name) const { return make_identity(set, table, name); }
  FeatureRef sum_of_sent() const { return make_aggregation(set, {&sum, {}}, {column(1, "value")}, {0}); }
};

TEST_F(FeatureTest, an_aggregation_names_the_key_where_two_relationships_lead_to_the_child) {
  const FeatureRef feature = sum_of_sent();
  EXPECT_EQ(feature->name, "SUM(transfers[sender].value)");
  EXPECT_EQ(feature->table, 0U);
  EXPECT_EQ(feature->depth, 1U);
  EXPECT_EQ(feature->default_value, core::Value(0));
  EXPECT_EQ(make_aggregation(set, {&sum, {}}, {column(2, "weight")}, {1, 2})->name,
            "SUM(transfers[receiver].notes.weight)");
  EXPECT_EQ(make_aggregation(set, {&sum, {}}, {column(2, "weight")}, {2})->name, "SUM(notes.weight)");
}

TEST_F(FeatureTest, a_direct_feature_names_the_key_where_two_relationships_lead_to_the_parent) {
  EXPECT_EQ(make_direct(set, column(0, "city"), 1)->name, "customers[receiver].city");
  EXPECT_EQ(make_direct(set, column(1, "kind"), 2)->name, "transfers.kind");
}

TEST_F(FeatureTest, conditions_windows_and_arguments_stand_in_the_name) {
  const Where large{column(1, "value"), ">", 5};
  EXPECT_EQ(make_aggregation(set, {&sum, {}}, {column(1, "value")}, {0}, large)->name,
            "SUM(transfers[sender].value WHERE value > 5)");
  const Where some{column(1, "kind"), "isin", core::ValueList{"a", 1}};
  const FeatureRef feature = make_aggregation(set, {&most, {{"n", 2}}}, {column(1, "kind")}, {0}, some);
  EXPECT_EQ(feature->name, "N_MOST_COMMON(transfers[sender].kind WHERE kind.isin(['a', 1]), n=2)");
  EXPECT_EQ(feature->depth, 2U);  // the comparison is a transform
}

TEST_F(FeatureTest, a_window_needs_a_time_index) {
  EXPECT_THROW(make_aggregation(set, {&sum, {}}, {column(1, "value")}, {0}, {}, read_window("2 days")),
               core::UserError);
  set.tables[1].time_index = "value";
  EXPECT_EQ(make_aggregation(set, {&sum, {}}, {column(1, "value")}, {0}, {}, read_window("2 days"))->name,
            "SUM(transfers[sender].value, Last 2 Days)");
}

TEST_F(FeatureTest, outputs_are_numbered_and_can_be_taken_one_by_one) {
  const FeatureRef feature = make_aggregation(set, {&most, {{"n", 2}}}, {column(1, "kind")}, {0});
  EXPECT_THAT(column_names(*feature), ElementsAre("N_MOST_COMMON(transfers[sender].kind, n=2)[0]",
                                                  "N_MOST_COMMON(transfers[sender].kind, n=2)[1]"));
  const FeatureRef second = make_output_slice(feature, 1);
  EXPECT_EQ(second->name, "N_MOST_COMMON(transfers[sender].kind, n=2)[1]");
  EXPECT_EQ(second->depth, 2U);
  EXPECT_EQ(second->type, kCategory.tags.has(Tag::category) ? column(1, "kind")->type : ValueType{});
  EXPECT_THAT(column_names(*renamed(*feature, "kinds")), ElementsAre("kinds[0]", "kinds[1]"));
}

TEST_F(FeatureTest, a_transform_writes_its_own_name_and_a_group_is_named_after_it) {
  const FeatureRef own = make_direct(set, sum_of_sent(), 0);
  EXPECT_EQ(make_transform(set, {&plus, {}}, {column(1, "value"), own})->name,
            "value + customers[sender].SUM(transfers[sender].value)");
  const FeatureRef grouped = make_group_by_transform(set, {&running, {}}, {column(1, "value")}, column(1, "sender"));
  EXPECT_EQ(grouped->name, "CUM_SUM(value) by sender");
  EXPECT_EQ(grouped->depth, 1U);
}

TEST_F(FeatureTest, what_is_of_the_type_of_its_input_is_no_index_and_no_key) {
  const auto type_of_last = [&](const char* name) {
    return make_aggregation(set, {&last, {}}, {column(1, name)}, {0})->type;
  };
  EXPECT_EQ(type_of_last("id"), (ValueType{LogicalType::integer, Tag::numeric}));
  EXPECT_EQ(type_of_last("sender"), (ValueType{LogicalType::integer, Tag::numeric}));
  EXPECT_EQ(make_transform(set, {&last, {}}, {column(0, "joined")})->type, (ValueType{LogicalType::datetime, {}}));
  EXPECT_EQ(make_direct(set, column(0, "joined"), 0)->type, (ValueType{LogicalType::datetime, Tag::time_index}));
}

template <class Make>
std::string message_of(Make make) {
  try {
    make();
  } catch (const core::UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST_F(FeatureTest, refuses_inputs_of_the_wrong_type) {
  EXPECT_EQ(message_of([&] {
              make_aggregation(set, {&sum, {}}, {column(1, "kind")}, {0});
            }),
            "sum cannot be applied to kind (Categorical category)\n  it takes (numeric)");
  EXPECT_EQ(message_of([&] {
              make_transform(set, {&plus, {}}, {column(1, "value")});
            }),
            "add_numeric cannot be applied to value (Double numeric)\n  it takes (numeric, numeric)");
  EXPECT_EQ(message_of([&] {
              make_group_by_transform(set, {&running, {}}, {column(1, "value")}, column(1, "value"));
            }),
            "cannot group by value (Double numeric)\n  groups are made by categories and foreign keys");
}

TEST_F(FeatureTest, refuses_all_outputs_of_a_feature_at_once) {
  const FeatureRef kinds = make_aggregation(set, {&most, {{"n", 2}}}, {column(1, "kind")}, {0});
  EXPECT_THAT(message_of([&] {
                make_transform(set, {&last, {}}, {kinds});
              }),
              HasSubstr("last cannot take all 2 outputs of N_MOST_COMMON(transfers[sender].kind, n=2) at once"));
}

TEST_F(FeatureTest, refuses_unknown_columns_and_comparisons_with_a_hint) {
  EXPECT_EQ(message_of([&] { column(1, "valeu"); }),
            "table 'transfers' has no column 'valeu'\n"
            "  did you mean 'value'? known: id, sender, receiver, value, kind");
  const auto sum_where = [&](Where where) {
    return message_of([&] { make_aggregation(set, {&sum, {}}, {column(1, "value")}, {0}, std::move(where)); });
  };
  EXPECT_THAT(sum_where({column(1, "kind"), "=", "a"}), HasSubstr("unknown comparison '='\n  did you mean '=='?"));
  EXPECT_THAT(sum_where({column(1, "kind"), "isin", "a"}), HasSubstr("cannot compare kind isin 'a'"));
}

}  // namespace
}  // namespace gridmill::features
