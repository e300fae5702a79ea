#include "core/value.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

// Expected texts are what Python 3.11 prints for repr() of the same value.
TEST(Value, prints_numbers_as_python_does) {
  EXPECT_EQ(Value(1e-4).python_repr(), "0.0001");
  EXPECT_EQ(Value(1e-5).python_repr(), "1e-05");
  EXPECT_EQ(Value(1e4).python_repr(), "10000.0");
  EXPECT_EQ(Value(1e15).python_repr(), "1000000000000000.0");
  EXPECT_EQ(Value(1e16).python_repr(), "1e+16");
  EXPECT_EQ(Value(1.5e300).python_repr(), "1.5e+300");
  EXPECT_EQ(Value(0.1).python_repr(), "0.1");
  EXPECT_EQ(Value(-0.0).python_repr(), "-0.0");
  EXPECT_EQ(Value(7).python_repr(), "7");
  EXPECT_EQ(Value(std::numeric_limits<double>::infinity()).python_repr(), "inf");
}

TEST(Value, prints_text_lists_and_mappings_as_python_does) {
  EXPECT_EQ(Value("rbf").python_repr(), "'rbf'");
  EXPECT_EQ(Value("it's").python_repr(), "\"it's\"");
  EXPECT_EQ(Value("a\nb\\").python_repr(), "'a\\nb\\\\'");
  EXPECT_EQ(Value(ValueList{1, "a", Value()}).python_repr(), "[1, 'a', None]");
  EXPECT_EQ(Value(ValueMapping{{"0", 1.0}, {"1", 2.5}}).python_repr(), "{0: 1.0, 1: 2.5}");
  EXPECT_EQ(Value(true).python_str(), "True");
  EXPECT_EQ(Value("rbf").python_str(), "rbf");
}

TEST(Value, writes_yaml_that_cannot_be_mistaken_for_another_kind) {
  EXPECT_EQ(Value("1.0").yaml(), "\"1.0\"");
  EXPECT_EQ(Value().yaml(), "null");
  EXPECT_EQ(Value(ValueList{1e-4, true}).yaml(), "[0.0001, true]");
  EXPECT_EQ(Value(std::numeric_limits<double>::quiet_NaN()).yaml(), ".nan");
}

TEST(Value, an_integer_is_not_equal_to_the_real_of_the_same_size) { EXPECT_NE(Value(1), Value(1.0)); }

}  // namespace
}  // namespace gridmill::core
