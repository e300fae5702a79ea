#include "features/definitions/primitive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.hpp"

namespace gridmill::features {
namespace {

using core::Value;
using core::ValueMapping;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr PrimitiveKind kAggregation = PrimitiveKind::aggregation;
constexpr PrimitiveKind kTransform = PrimitiveKind::transform;

std::string message_for(PrimitiveKind kind, const Value& value) {
  try {
    read_primitive(kind, value);
  } catch (const core::UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Primitives, come_by_kind_and_name_with_a_meaning_and_inputs_each) {
  const std::vector<Primitive>& all = all_primitives();
  EXPECT_GT(all.size(), 200U);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const Primitive& a, const Primitive& b) {
    return std::pair(a.kind, a.name) < std::pair(b.kind, b.name);
  }));
  for (const Primitive& each : all) {
    EXPECT_FALSE(each.meaning.empty()) << each.name;
    EXPECT_FALSE(each.inputs.empty()) << each.name;
    EXPECT_EQ(find_primitive(each.kind, each.name), &each);
    for (const core::OptionSpec& argument : each.arguments) {
      EXPECT_EQ(argument.check(argument.default_value), std::nullopt) << each.name << ' ' << argument.name;
    }
  }
}

TEST(Primitives, are_found_whatever_the_case_and_by_the_names_of_featuretools_classes) {
  EXPECT_EQ(find_primitive(kAggregation, "NumUnique"), find_primitive(kAggregation, "num_unique"));
  EXPECT_EQ(find_primitive(kAggregation, "COUNT")->name, "count");
  EXPECT_EQ(find_primitive(kAggregation, "month"), nullptr);
}

TEST(Primitives, are_read_from_a_name_a_mapping_and_a_python_call) {
  const PrimitiveUse named = read_primitive(kAggregation, "n_most_common");
  EXPECT_EQ(named.arguments.at("n"), Value(3));
  EXPECT_EQ(named.argument_text(), "");
  EXPECT_EQ(named.n_outputs(), 3U);
  const PrimitiveUse mapped = read_primitive(kAggregation, ValueMapping{{"name", "n_most_common"}, {"n", 2}});
  EXPECT_EQ(mapped.argument_text(), ", n=2");
  EXPECT_EQ(mapped.n_outputs(), 2U);
  EXPECT_EQ(read_primitive(kAggregation, "n_most_common(n=2)"), mapped);
  EXPECT_EQ(read_primitive(kAggregation, "NMostCommon(2)"), mapped);
}

TEST(Primitives, print_arguments_that_differ_from_their_defaults_in_declaration_order) {
  const Value rolling = "rolling_mean(min_periods=1, gap='1h', window_length='6h')";
  EXPECT_EQ(read_primitive(kTransform, rolling).argument_text(), ", window_length=6h, gap=1h, min_periods=1");
  EXPECT_EQ(read_primitive(kAggregation, "time_since_last(unit='seconds')").argument_text(), "");
  EXPECT_EQ(read_primitive(kAggregation, "kurtosis(fisher=False, bias=False, nan_policy='omit')").argument_text(),
            ", fisher=False, bias=False, nan_policy=omit");
}

TEST(Primitives, unknown_ones_are_refused_with_a_hint) {
  EXPECT_THAT(message_for(kAggregation, "coutn"), HasSubstr("unknown aggregation 'coutn'\n  did you mean 'count'?"));
  EXPECT_EQ(message_for(kAggregation, "month"), "'month' is not an aggregation but a transform");
  EXPECT_EQ(message_for(kTransform, "sum"), "'sum' is not a transform but an aggregation");
  EXPECT_THAT(message_for(kAggregation, 5), HasSubstr("5 is not a primitive\n  write NAME"));
  EXPECT_THAT(message_for(kAggregation, ValueMapping{{"n", 2}}), HasSubstr("does not say which primitive"));
}

TEST(Primitives, wrong_arguments_are_told_all_at_once) {
  const std::string message = message_for(kAggregation, "n_most_common(n='two', m=1)");
  EXPECT_THAT(message, HasSubstr("n_most_common: n must be whole number"));
  EXPECT_THAT(message, HasSubstr("n_most_common: unknown argument 'm'\n  did you mean 'n'? known: n"));
  EXPECT_THAT(message_for(kAggregation, "count(1)"), HasSubstr("count: takes 0 arguments"));
  EXPECT_THAT(message_for(kAggregation, "sum(skipna=False"), HasSubstr("expected ',' or ')' at its end"));
}

}  // namespace
}  // namespace gridmill::features
