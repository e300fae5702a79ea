#include <span>
#include <string>
#include <utility>
#include <vector>

#include "features/definitions/primitive.hpp"
#include "features/transforms/comparison_kernels.hpp"
#include "features/transforms/declaration.hpp"
#include "features/transforms/entries.hpp"
#include "features/transforms/logic_kernels.hpp"
#include "features/transforms/modulo_kernels.hpp"

namespace gridmill::features {

namespace {

using namespace transforms;
using core::Kind;
using core::OptionSpec;
using InputNames = std::span<const std::string>;

const std::vector<Slots> kTwoNumbers = {{numeric(), numeric()}};
const std::vector<Slots> kOneNumber = {{numeric()}};

/// "a + b".
auto infix(std::string sign) {
  return [sign = " " + std::move(sign) + " "](InputNames inputs, const core::Params&) {
    return inputs[0] + sign + inputs[1];
  };
}
/// "a + 2".
auto before_value(std::string sign) {
  return [sign = " " + std::move(sign) + " "](InputNames inputs, const core::Params& arguments) {
    return inputs[0] + sign + arguments.at("value").python_str();
  };
}
/// "2 - a".
auto behind_value(std::string sign) {
  return [sign = " " + std::move(sign) + " "](InputNames inputs, const core::Params& arguments) {
    return arguments.at("value").python_str() + sign + inputs[0];
  };
}
/// "AND(a, b)".
auto prefix(std::string word) {
  return [word = std::move(word)](InputNames inputs, const core::Params&) {
    std::string name = word + "(" + inputs[0];
    for (const std::string& each : inputs.subspan(1)) name += ", " + each;
    return name + ")";
  };
}

OptionSpec number_option(int number) { return {"value", {Kind::integer, Kind::real}, number, {}, {}, "The number."}; }
OptionSpec order_option(bool commutative) {
  return {"commutative", {Kind::boolean}, commutative, {}, {}, "Whether one order of the inputs is enough."};
}

Primitive of_two(std::string name, const std::string& sign, std::string meaning, Transform kernel) {
  return written(transform(std::move(name), kTwoNumbers, as_number(), std::move(meaning), std::move(kernel)),
                 infix(sign));
}

Primitive with_value(std::string name, const std::string& sign, int value, std::string meaning, Transform kernel) {
  return with(written(transform(std::move(name), kOneNumber, as_number(), std::move(meaning), std::move(kernel)),
                      before_value(sign)),
              {number_option(value)});
}

Primitive value_with(std::string name, const std::string& sign, int value, std::string meaning, Transform kernel) {
  return with(written(transform(std::move(name), kOneNumber, as_number(), std::move(meaning), std::move(kernel)),
                      behind_value(sign)),
              {number_option(value)});
}

std::vector<Primitive> arithmetic() {
  return {
      in_any_order(of_two("add_numeric", "+", "Sum of two numbers.",
                          exact_two_numbers_to_number([](auto x, auto y) { return x + y; }))),
      with_value("add_numeric_scalar", "+", 0, "The number plus a given one.",
                 exact_number_with_value([](auto x, auto value) { return x + value; })),
      value_with("divide_by_feature", "/", 1, "A given number divided by the number.",
                 number_with_value([](double x, double value) { return value / x; })),
      with(of_two("divide_numeric", "/", "Quotient of two numbers; x / 0 is infinite, 0 / 0 missing.",
                  two_numbers_to_number([](double x, double y) { return x / y; })),
           {order_option(false)}),
      with_value("divide_numeric_scalar", "/", 1, "The number divided by a given one.",
                 number_with_value([](double x, double value) { return x / value; })),
      value_with("modulo_by_feature", "%", 1, "Remainder of a given number divided by the number; has its sign.",
                 modulo_by_feature_kernel()),
      of_two("modulo_numeric", "%", "Remainder of a division; has the sign of the divisor.", modulo_kernel()),
      with_value("modulo_numeric_scalar", "%", 1, "Remainder of a division by a given number; has its sign.",
                 modulo_scalar_kernel()),
      in_any_order(of_two("multiply_numeric", "*", "Product of two numbers.",
                          exact_two_numbers_to_number([](auto x, auto y) { return x * y; }))),
      with_value("multiply_numeric_scalar", "*", 1, "The number times a given one.",
                 exact_number_with_value([](auto x, auto value) { return x * value; })),
      value_with("scalar_subtract_numeric_feature", "-", 0, "A given number less the number.",
                 exact_number_with_value([](auto x, auto value) { return value - x; })),
      with(in_any_order(of_two("subtract_numeric", "-", "Difference of two numbers.",
                               exact_two_numbers_to_number([](auto x, auto y) { return x - y; }))),
           {order_option(true)}),
      with_value("subtract_numeric_scalar", "-", 0, "The number less a given one.",
                 exact_number_with_value([](auto x, auto value) { return x - value; })),
  };
}

Primitive comparison(std::string name, const std::string& sign, const std::string& words, Transform kernel) {
  const Slots times = {of_type(LogicalType::datetime), of_type(LogicalType::datetime)};
  const Slots ordinals = {of_type(LogicalType::ordinal), of_type(LogicalType::ordinal)};
  return written(transform(std::move(name), {{numeric(), numeric()}, times, ordinals}, as_nullable_boolean(),
                           "Whether the first of two numbers, times or ordinals is " + words +
                               " the second; false if one is missing, missing if of a nullable type. Strict: missing.",
                           std::move(kernel)),
                 infix(sign));
}

Primitive comparison_with_value(std::string name, const std::string& sign, const std::string& words, Transform kernel) {
  return with(written(transform(std::move(name), kOneNumber, as_nullable_boolean(),
                                "Whether a number is " + words +
                                    " a given one; false if missing, missing if of a nullable type. Strict: missing.",
                                std::move(kernel)),
                      before_value(sign)),
              {number_option(0)});
}

std::vector<Primitive> comparisons() {
  return {
      comparison("greater_than", ">", "greater than", comparison_kernel(Order::greater)),
      comparison("greater_than_equal_to", ">=", "greater than or equal to", comparison_kernel(Order::greater_or_equal)),
      comparison_with_value("greater_than_equal_to_scalar", ">=", "greater than or equal to",
                            comparison_with_value_kernel(Order::greater_or_equal)),
      comparison_with_value("greater_than_scalar", ">", "greater than", comparison_with_value_kernel(Order::greater)),
      comparison("less_than", "<", "less than", comparison_kernel(Order::less)),
      comparison("less_than_equal_to", "<=", "less than or equal to", comparison_kernel(Order::less_or_equal)),
      comparison_with_value("less_than_equal_to_scalar", "<=", "less than or equal to",
                            comparison_with_value_kernel(Order::less_or_equal)),
      comparison_with_value("less_than_scalar", "<", "less than", comparison_with_value_kernel(Order::less)),
  };
}

std::vector<Primitive> equalities() {
  const OptionSpec value = {"value", {Kind::null, Kind::boolean, Kind::integer, Kind::real, Kind::text},
                            {},      {},
                            {},      "What to compare with; nothing equals null."};
  return {
      in_any_order(written(transform("equal", {{anything(), anything()}}, as_nullable_boolean(),
                                     "Whether two values are equal; false if one is missing, missing if of a nullable "
                                     "type. Strict: missing.",
                                     equality_kernel(Equality::equal)),
                           infix("="))),
      with(written(transform("equal_scalar", {{anything()}}, as_nullable_boolean(),
                             "Whether a value equals a given one; false if missing, missing if of a nullable type. "
                             "Strict: missing.",
                             equality_with_value_kernel(Equality::equal)),
                   before_value("=")),
           {value}),
      in_any_order(written(transform("not_equal", {{anything(), anything()}}, as_nullable_boolean(),
                                     "Whether two values differ; true if one is missing, missing if of a nullable "
                                     "type. Strict: missing.",
                                     equality_kernel(Equality::different)),
                           infix("!="))),
      with(written(transform("not_equal_scalar", {{anything()}}, as_nullable_boolean(),
                             "Whether a value differs from a given one; true if missing, missing if of a nullable "
                             "type. Strict: missing.",
                             equality_with_value_kernel(Equality::different)),
                   before_value("!=")),
           {value}),
      with(written(transform("isin", {{anything()}}, as_boolean(),
                             "Whether a value is in a given list; false if missing. Strict: missing.", is_in_kernel()),
                   [](InputNames inputs, const core::Params& arguments) {
                     return inputs[0] + ".isin(" + arguments.at("list_of_outputs").python_str() + ")";
                   }),
           {{"list_of_outputs", {Kind::list, Kind::null}, {}, {}, {}, "The values; null = none."}}),
      transform("is_null", {{anything()}}, as_boolean(), "Whether a value is missing.", is_null_kernel()),
  };
}

std::vector<Primitive> logic() {
  const InputSlot plain = of_type(LogicalType::boolean);
  const InputSlot nullable = of_type(LogicalType::boolean_nullable);
  const std::vector<Slots> two = {{nullable, nullable}, {plain, plain}, {plain, nullable}, {nullable, plain}};
  return {
      in_any_order(written(
          transform(
              "and", two, as_nullable_boolean(),
              "Whether both are true; missing if one of a nullable type is missing. A missing Boolean (of a parent "
              "that is not there) counts as true if it comes first, else the result is false if the first is "
              "false and missing if not. Strict: false if one is false, else missing if one is missing.",
              and_kernel()),
          prefix("AND"))),
      in_any_order(
          written(transform("multiply_boolean", two, as_nullable_boolean(),
                            "Whether both are true; false if one is false, else missing if one is missing. A missing "
                            "Boolean (of a parent that is not there) counts as true beside a nullable type, "
                            "else as false. Strict: as any missing value.",
                            multiply_boolean_kernel()),
                  infix("*"))),
      in_any_order(written(
          transform("multiply_numeric_boolean",
                    {{numeric(), plain}, {numeric(), nullable}, {plain, numeric()}, {nullable, numeric()}}, as_number(),
                    "The number where a boolean is true, 0 where it is false; missing if either is missing.",
                    multiply_numeric_boolean_kernel()),
          infix("*"))),
      written(transform("not", {{plain}, {nullable}}, as_nullable_boolean(),
                        "The opposite; missing if missing, but false of a missing Boolean (of a parent that is not "
                        "there). Strict: missing.",
                        not_kernel()),
              prefix("NOT")),
      in_any_order(written(
          transform("or", two, as_nullable_boolean(),
                    "Whether one is true; missing if one of a nullable type is missing. Beside a missing Boolean (of a "
                    "parent that is not there) true if the first is true, else missing. Strict: true if one is true, "
                    "else missing if one is missing.",
                    or_kernel()),
          prefix("OR"))),
  };
}

}  // namespace

std::vector<Primitive> binary_transforms() {
  std::vector<Primitive> all = arithmetic();
  append(all, comparisons());
  append(all, equalities());
  append(all, logic());
  return all;
}

}  // namespace gridmill::features
