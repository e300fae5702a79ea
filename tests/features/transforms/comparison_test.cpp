#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/table.hpp"
#include "transform_case.hpp"

namespace gridmill::features::test {
namespace {

using core::LogicalType;

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(Arithmetic, follows_the_rules_of_division) {
  const auto two = [](const char* name, const Column::Numbers& x, const Column::Numbers& y) {
    return TransformCase{.primitive = name, .columns = {numbers(x), numbers(y)}}.values();
  };
  EXPECT_EQ(difference(two("divide_numeric", {1, -1, 0, 6}, {0, 0, 0, 4}), {kInf, -kInf, kNaN, 1.5}), "");
  EXPECT_EQ(difference(two("modulo_numeric", {5, -5, 5, -5, 1}, {3, 3, -3, -3, 0}), {2, 1, -1, -2, kNaN}), "");
  EXPECT_EQ(difference(two("subtract_numeric", {1, kNaN}, {3, 1}), {-2, kNaN}), "");
  const auto one = [](const char* call) {
    return TransformCase{.primitive = call, .columns = {numbers({4, -2, 0})}}.values();
  };
  EXPECT_EQ(difference(one("divide_by_feature(value=1)"), {0.25, -0.5, kInf}), "");
  EXPECT_EQ(difference(one("modulo_by_feature(value=3)"), {3, -1, kNaN}), "");
  EXPECT_EQ(difference(one("scalar_subtract_numeric_feature(value=1.5)"), {-2.5, 3.5, 1.5}), "");
  EXPECT_EQ(difference(one("natural_logarithm"), {std::log(4.0), kNaN, -kInf}), "");
}

/// "-" before each entry that is negative, or a zero that is.
std::string signs(const char* call, const Column::Numbers& x, const Column::Numbers& y, LogicalType type) {
  TransformCase sums{.primitive = call, .columns = {numbers(x)}, .types = {type}};
  if (!y.empty()) {
    sums.columns.push_back(numbers(y));
    sums.types.push_back(type);
  }
  std::string all;
  for (const double each : sums.values()) all += std::signbit(each) ? '-' : '+';
  return all;
}

TEST(Arithmetic, knows_one_zero_of_integers_and_two_of_doubles) {
  for (const LogicalType integer : {LogicalType::integer, LogicalType::integer_nullable}) {
    EXPECT_EQ(signs("negate", {0, 2, -2}, {}, integer), "+-+");
    EXPECT_EQ(signs("multiply_numeric", {0, 2, -2}, {-3, 0, 0}, integer), "+++");
    EXPECT_EQ(signs("multiply_numeric_scalar(value=-2)", {0, 2}, {}, integer), "+-");
    EXPECT_EQ(signs("modulo_numeric", {-4, 4, 0}, {2, -2, -3}, integer), "+++");
  }
  EXPECT_EQ(signs("negate", {0, 2, -2}, {}, LogicalType::real), "--+");
  EXPECT_EQ(signs("multiply_numeric", {0, 2, -2}, {-3, 0, 0}, LogicalType::real), "-+-");
  EXPECT_EQ(signs("modulo_numeric", {-4, 4, 0}, {2, -2, 3}, LogicalType::real), "+-+");  // that of the divisor
}

TEST(Arithmetic, leaves_no_remainder_of_a_nullable_integer_by_zero_unless_strict) {
  TransformCase remainder{.primitive = "modulo_numeric",
                          .columns = {numbers({5, kNaN}), numbers({0, 0})},
                          .types = {LogicalType::integer_nullable, LogicalType::integer}};
  EXPECT_EQ(difference(remainder.values(), {0, kNaN}), "");
  remainder.semantics = Semantics::strict;
  EXPECT_EQ(difference(remainder.values(), {kNaN, kNaN}), "");
}

std::string compared(const char* call, LogicalType type, Semantics semantics) {
  return TransformCase{.primitive = call,
                       .columns = {numbers({1, kNaN, 3}), numbers({2, 2, 2})},
                       .types = {type, LogicalType::real},
                       .semantics = semantics}
      .flags();
}

TEST(Comparisons, tell_nan_from_unknown) {
  EXPECT_EQ(compared("less_than", LogicalType::real, Semantics::featuretools), "TFF");
  EXPECT_EQ(compared("not_equal", LogicalType::real, Semantics::featuretools), "TTT");
  EXPECT_EQ(compared("greater_than_equal_to", LogicalType::integer_nullable, Semantics::featuretools), "F?T");
  EXPECT_EQ(compared("less_than", LogicalType::real, Semantics::strict), "T?F");
  EXPECT_EQ(compared("equal", LogicalType::real, Semantics::strict), "F?F");
}

TEST(Comparisons, compare_ordinals_of_one_dictionary_only) {
  const Column low_high = categories({0, 1, 1}, {"high", "low"});
  const Column same = categories({1, 0, core::kMissingCode}, {"high", "low"});
  const Column other = categories({1, 0, 1}, {"big", "small"});
  EXPECT_EQ((TransformCase{.primitive = "less_than", .columns = {low_high, same}}.flags()), "TFF");
  EXPECT_EQ((TransformCase{.primitive = "less_than", .columns = {low_high, other}}.flags()), "???");
}

TEST(Equality, compares_by_value_within_a_kind) {
  const Column web = categories({0, 1, core::kMissingCode}, {"shop", "web"});
  const auto equal = [](const Column& a, const Column& b) {
    return TransformCase{.primitive = "equal", .columns = {a, b}}.flags();
  };
  EXPECT_EQ(equal(web, categories({0, 0, 0}, {"web", "zoo"})), "FTF");
  EXPECT_EQ(equal(web, texts({"shop", "shop", "shop"})), "TFF");
  EXPECT_EQ(equal(booleans({1, 0, 1}), numbers({1, 0, 2})), "TTF");
  EXPECT_EQ(equal(times({1, 2, 3}), numbers({1, 2, 3})), "FFF");
  EXPECT_EQ(equal(places({{1, 2}, {1, kNaN}}), places({{1, 2}, {1, 2}})), "TF");
}

TEST(Equality, of_times_beside_nullable_types_is_never_unknown) {
  const auto flags = [](std::vector<Column> columns, std::vector<LogicalType> types) {
    return TransformCase{.primitive = "equal", .columns = std::move(columns), .types = std::move(types)}.flags();
  };
  const Column unknown = booleans({Column::kMissingBoolean});
  EXPECT_EQ(flags({times({1}), unknown}, {LogicalType::datetime, LogicalType::boolean_nullable}), "F");
  EXPECT_EQ(flags({unknown, times({1})}, {LogicalType::boolean_nullable, LogicalType::datetime}), "?");
}

TEST(Equality, looks_for_values_in_lists) {
  const TransformCase numbers_in{.primitive = "isin(list_of_outputs=['web', 1])", .columns = {numbers({1, 2, kNaN})}};
  EXPECT_EQ(numbers_in.flags(), "TFF");
  const Column web = categories({1, 0, core::kMissingCode}, {"shop", "web"});
  EXPECT_EQ((TransformCase{.primitive = "isin(list_of_outputs=['web', 1])", .columns = {web}}.flags()), "TFF");
  EXPECT_EQ(
      (TransformCase{.primitive = "isin(list_of_outputs=['web'])", .columns = {web}, .semantics = Semantics::strict}
           .flags()),
      "TF?");
  EXPECT_EQ((TransformCase{.primitive = "isin", .columns = {web}}.flags()), "FFF");
  EXPECT_EQ((TransformCase{.primitive = "equal_scalar(value=True)", .columns = {booleans({1, 0, 2})}}.flags()), "TFF");
  EXPECT_EQ((TransformCase{.primitive = "not_equal_scalar(value='web')", .columns = {web}}.flags()), "FTT");
  EXPECT_EQ((TransformCase{.primitive = "is_null", .columns = {web}}.flags()), "FFT");
}

/// What NumPy and pandas 1.5.3 made of all pairs of false, true and missing.
TEST(Logic, depends_on_what_holds_the_missing_booleans) {
  constexpr auto kPlain = LogicalType::boolean;
  constexpr auto kNullable = LogicalType::boolean_nullable;
  const Column a = booleans({0, 0, 0, 1, 1, 1, 2, 2, 2});
  const Column b = booleans({0, 1, 2, 0, 1, 2, 0, 1, 2});
  const auto flags = [&](const char* name, std::vector<LogicalType> types,
                         Semantics semantics = Semantics::featuretools) {
    return TransformCase{.primitive = name, .columns = {a, b}, .types = std::move(types), .semantics = semantics}
        .flags();
  };
  EXPECT_EQ(flags("and", {kNullable, kNullable}), "FF?FT????");
  EXPECT_EQ(flags("or", {kNullable, kNullable}), "FT?TT????");
  EXPECT_EQ(flags("multiply_boolean", {kNullable, kNullable}), "FFFFT?F??");
  EXPECT_EQ(flags("and", {kNullable, kPlain}), "FFFFT????");
  EXPECT_EQ(flags("or", {kNullable, kPlain}), "FT?TTT???");
  EXPECT_EQ(flags("multiply_boolean", {kNullable, kPlain}), "FFFFTTF??");
  EXPECT_EQ(flags("and", {kPlain, kPlain}), "FFFFT?FT?");
  EXPECT_EQ(flags("or", {kPlain, kPlain}), "FT?TTT???");
  EXPECT_EQ(flags("multiply_boolean", {kPlain, kPlain}), "FFFFTFFFF");
  EXPECT_EQ(flags("and", {kPlain, kNullable}, Semantics::strict), "FFFFT?F??");
  EXPECT_EQ(flags("or", {kPlain, kNullable}, Semantics::strict), "FT?TTT?T?");
  EXPECT_EQ(flags("multiply_boolean", {kPlain, kPlain}, Semantics::strict), "FFFFT?F??");
}

TEST(Logic, negates_a_missing_boolean_to_false_unless_its_type_is_nullable) {
  TransformCase opposite{.primitive = "not", .columns = {booleans({0, 1, 2})}, .types = {LogicalType::boolean}};
  EXPECT_EQ(opposite.flags(), "TFF");
  opposite.semantics = Semantics::strict;
  EXPECT_EQ(opposite.flags(), "TF?");
  opposite = {.primitive = "not", .columns = {booleans({0, 1, 2})}, .types = {LogicalType::boolean_nullable}};
  EXPECT_EQ(opposite.flags(), "TF?");
}

TEST(Logic, multiplies_numbers_by_booleans) {
  EXPECT_EQ(difference(TransformCase{.primitive = "multiply_numeric_boolean",
                                     .columns = {booleans({1, 0, 2}), numbers({5, 5, 5})}}
                           .values(),
                       {5, 0, kNaN}),
            "");
}

}  // namespace
}  // namespace gridmill::features::test
