#include "features/definitions/definitions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "golden_setting.hpp"

namespace gridmill::features {
namespace {

using core::Value;
using core::ValueList;
using core::ValueMapping;
using ::testing::HasSubstr;

bool same(const FeatureRef& a, const FeatureRef& b);

bool same(const std::vector<FeatureRef>& a, const std::vector<FeatureRef>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const FeatureRef& x, const FeatureRef& y) { return same(x, y); });
}

bool same_condition(const std::optional<Where>& a, const std::optional<Where>& b) {
  if (!a || !b) return !a && !b;
  return a->comparison == b->comparison && a->value == b->value && same(a->feature, b->feature);
}

/// Equal in all members, and all that they are made of too.
bool same(const FeatureRef& a, const FeatureRef& b) {
  if (!a || !b) return !a && !b;
  return a->kind == b->kind && a->table == b->table && a->name == b->name && a->type == b->type &&
         a->default_value == b->default_value && a->depth == b->depth && a->n_outputs == b->n_outputs &&
         a->column == b->column && a->primitive == b->primitive && same(a->bases, b->bases) && a->path == b->path &&
         same(a->group_by, b->group_by) && same_condition(a->where, b->where) && a->use_previous == b->use_previous &&
         a->output == b->output;
}

TEST(Definitions, read_back_as_the_same_features_in_every_golden_setting) {
  for (const auto& folder : golden_folders()) {
    for (const auto& file : golden_files(folder)) {
      const GoldenSetting setting = read_golden_setting(file);
      const std::vector<FeatureRef> features = synthesize(setting.set, setting.synthesis);
      const Value written = definitions_of(setting.set, features);
      const std::vector<FeatureRef> read = read_definitions(setting.set, written);
      ASSERT_EQ(read.size(), features.size()) << setting.name;
      for (std::size_t i = 0; i < read.size(); ++i) EXPECT_TRUE(same(read[i], features[i])) << features[i]->name;
      EXPECT_EQ(definitions_of(setting.set, read), written) << setting.name;
    }
  }
}

struct DefinitionsTest : ::testing::Test {
  GoldenSetting setting = read_golden_setting(golden_folders().front() / "edge_use_previous.yaml");
  core::EntitySet& set = setting.set;
  Value written = definitions_of(set, synthesize(set, setting.synthesis));

  std::string message_of(const Value& definitions) const {
    try {
      read_definitions(set, definitions);
    } catch (const core::UserError& error) {
      return error.what();
    }
    return "no error";
  }

  core::EntityTable& table(const std::string& name) { return set.tables[set.find(name)]; }
};

TEST_F(DefinitionsTest, hold_what_features_share_once) {
  const auto& entries = written.mapping();
  const Value& definitions = entries.back().second;
  std::size_t n_amounts = 0;
  for (const Value& each : definitions.list()) {
    for (const auto& [name, value] : each.mapping())
      n_amounts += name == "column" && value == Value("amount") ? 1U : 0U;
  }
  EXPECT_EQ(n_amounts, 1U);
  EXPECT_EQ(entries[0], (std::pair<std::string, Value>("format", "gridmill features")));
  EXPECT_EQ(entries[1], (std::pair<std::string, Value>("version", 1)));
}

TEST_F(DefinitionsTest, keep_names_where_another_relationship_would_change_them) {
  const FeatureRef direct = make_direct(set, make_identity(set, set.find("regions"), "area"), 0);
  const Value one = definitions_of(set, std::vector{direct});
  set.relationships.push_back(set.relationships[0]);
  set.relationships.back().child_column = "city";
  EXPECT_EQ(make_direct(set, make_identity(set, set.find("regions"), "area"), 0)->name, "regions[region_id].area");
  EXPECT_EQ(read_definitions(set, one).front()->name, "regions.area");
}

TEST_F(DefinitionsTest, are_found_again_whatever_the_order_of_tables_and_relationships) {
  std::swap(set.tables[0], set.tables[1]);
  for (core::Relationship& each : set.relationships) {
    for (core::TableId* id : {&each.parent, &each.child}) {
      if (*id < 2) *id = 1 - *id;
    }
  }
  std::swap(set.relationships[0], set.relationships[1]);
  EXPECT_EQ(definitions_of(set, read_definitions(set, written)), written);
}

TEST_F(DefinitionsTest, name_all_that_is_missing_at_once) {
  table("orders").columns[5].name = "price";  // was amount
  table("orders").columns[10].name = "chanel";
  const std::string message = message_of(written);
  EXPECT_THAT(message, HasSubstr("table 'orders' has no column 'amount'\n"));
  EXPECT_THAT(message, HasSubstr("table 'orders' has no column 'channel'\n  did you mean 'chanel'?"));
  EXPECT_EQ(message.find("SUM("), std::string::npos);  // what follows from it is not told
  table("transfers").name = "payments";
  EXPECT_THAT(message_of(written), HasSubstr("there is no table 'transfers'"));
  set.relationships.erase(set.relationships.begin() + 1);
  EXPECT_THAT(message_of(written), HasSubstr("there is no relationship of 'orders.customer_id' to 'customers'"));
}

TEST_F(DefinitionsTest, refuse_columns_of_another_type) {
  table("orders").columns[5].type = core::LogicalType::categorical;
  table("orders").columns[5].tags = core::Tag::category;
  EXPECT_THAT(message_of(written), HasSubstr("sum cannot be applied to amount (Categorical category)"));
}

TEST_F(DefinitionsTest, refuse_what_is_not_theirs_and_say_what) {
  EXPECT_THAT(message_of(5), HasSubstr("the file must be a mapping"));
  EXPECT_THAT(message_of(ValueMapping{{"a", 1}}), HasSubstr("no 'format: gridmill features'"));
  const auto with = [](Value version, Value features, ValueList definitions) {
    return ValueMapping{{"format", "gridmill features"},
                        {"version", std::move(version)},
                        {"features", std::move(features)},
                        {"definitions", std::move(definitions)}};
  };
  EXPECT_THAT(message_of(with(2, ValueList{}, {})), HasSubstr("has version 2; this program reads version 1"));
  EXPECT_THAT(message_of(with(1, ValueList{3}, {})), HasSubstr("'features' must hold whole numbers from 0 below 0"));
  EXPECT_THAT(message_of(with(1, 3, {})), HasSubstr("'features' must be a list"));
  const auto broken = [&](ValueMapping definition) {
    return message_of(with(1, ValueList{}, {std::move(definition)}));
  };
  EXPECT_THAT(broken({{"name", "x"}}), HasSubstr("definition 0 has no 'kind'"));
  EXPECT_THAT(broken({{"kind", "magic"}, {"name", "x"}}), HasSubstr("definition 0 is of unknown kind 'magic'"));
  EXPECT_THAT(broken({{"kind", "transform"}, {"name", "x"}, {"inputs", ValueList{0}}}),
              HasSubstr("definition 0 'inputs' must hold whole numbers from 0 below 0"));
  EXPECT_THAT(broken({{"kind", "identity"}, {"name", "x"}, {"table", 3}, {"column", "x"}}),
              HasSubstr("definition 0 'table' must be text"));
}

}  // namespace
}  // namespace gridmill::features
