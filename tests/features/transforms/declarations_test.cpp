#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "features/definitions/primitive.hpp"

namespace gridmill::features {
namespace {

std::vector<Primitive> all_transforms() {
  std::vector<Primitive> all;
  for (const auto& family : {calendar_transforms, numeric_transforms, binary_transforms, time_series_transforms,
                             text_transforms, place_transforms, parsing_transforms}) {
    for (Primitive& each : family()) all.push_back(std::move(each));
  }
  return all;
}

const Primitive& named(const std::string& name) {
  static const std::vector<Primitive> all = all_transforms();
  return *std::find_if(all.begin(), all.end(), [&name](const Primitive& each) { return each.name == name; });
}

core::Params defaults_of(const Primitive& primitive) {
  core::Params arguments;
  for (const core::OptionSpec& option : primitive.arguments) arguments[option.name] = option.default_value;
  return arguments;
}

std::string written(const std::string& primitive, const std::vector<std::string>& inputs,
                    const core::Params& given = {}) {
  core::Params arguments = defaults_of(named(primitive));
  for (const auto& [name, value] : given) arguments[name] = value;
  return named(primitive).write_name(inputs, arguments);
}

TEST(TransformDeclarations, are_138_with_different_names) {
  std::set<std::string> names;
  for (const Primitive& each : all_transforms()) names.insert(each.name);
  EXPECT_EQ(all_transforms().size(), 138U);
  EXPECT_EQ(names.size(), 138U);
}

TEST(TransformDeclarations, say_what_they_take_and_mean) {
  for (const Primitive& each : all_transforms()) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(each.kind, PrimitiveKind::transform);
    EXPECT_FALSE(each.inputs.empty());
    EXPECT_TRUE(each.meaning.ends_with("."));
    for (const auto& slots : each.inputs) EXPECT_EQ(slots.size(), each.inputs.front().size());
    for (const core::OptionSpec& option : each.arguments) {
      EXPECT_FALSE(option.check(option.default_value).has_value()) << option.name;
    }
  }
}

TEST(TransformDeclarations, used_by_default_are_those_of_dfs) {
  std::set<std::string> names;
  for (const Primitive& each : all_transforms()) {
    if (each.by_default) names.insert(each.name);
  }
  EXPECT_EQ(names, (std::set<std::string>{"age", "day", "haversine", "month", "num_characters", "num_words", "weekday",
                                          "year"}));
}

TEST(TransformDeclarations, write_names_as_featuretools) {
  EXPECT_EQ(written("add_numeric", {"a", "b"}), "a + b");
  EXPECT_EQ(written("negate", {"a"}), "-(a)");
  EXPECT_EQ(written("add_numeric_scalar", {"a"}, {{"value", 2}}), "a + 2");
  EXPECT_EQ(written("scalar_subtract_numeric_feature", {"a"}, {{"value", 1.5}}), "1.5 - a");
  EXPECT_EQ(written("divide_by_feature", {"a"}, {{"value", 3}}), "3 / a");
  EXPECT_EQ(written("not_equal_scalar", {"a"}, {{"value", "web"}}), "a != web");
  EXPECT_EQ(written("equal_scalar", {"a"}), "a = None");
  EXPECT_EQ(written("isin", {"a"}, {{"list_of_outputs", core::ValueList{"web", 1}}}), "a.isin(['web', 1])");
  EXPECT_EQ(written("and", {"a", "b"}), "AND(a, b)");
  EXPECT_EQ(written("not", {"a"}), "NOT(a)");
  EXPECT_EQ(written("multiply_boolean", {"a", "b"}), "a * b");
  EXPECT_EQ(written("exponential_weighted_std", {"a"}), "EXPONENTIAL_WEIGHTED_STD(a, com=0.5)");
  EXPECT_EQ(written("exponential_weighted_average", {"a"}, {{"span", 3}, {"ignore_na", true}}),
            "EXPONENTIAL_WEIGHTED_AVERAGE(a, span=3, ignore_na=True)");
}

}  // namespace
}  // namespace gridmill::features
