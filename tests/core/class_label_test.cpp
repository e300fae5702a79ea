#include "core/class_label.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

TEST(find_class, takes_the_class_of_that_name_first) {
  const std::vector<std::string> classes{"01", "1", "one"};
  EXPECT_EQ(find_class(classes, "01"), 0U);
  EXPECT_EQ(find_class(classes, "1"), 1U);
  EXPECT_EQ(find_class(classes, "one"), 2U);
  EXPECT_EQ(find_class(classes, "two"), std::nullopt);
}

TEST(find_class, compares_numbers_by_value) {
  const std::vector<std::string> classes{"-1", "1", "2.5", "1e+16"};
  EXPECT_EQ(find_class(classes, "+1"), 1U);
  EXPECT_EQ(find_class(classes, "1.0"), 1U);
  EXPECT_EQ(find_class(classes, "-1.0"), 0U);
  EXPECT_EQ(find_class(classes, "2.50"), 2U);
  EXPECT_EQ(find_class(classes, "10000000000000000"), 3U);
  EXPECT_EQ(find_class(classes, "1x"), std::nullopt);
}

TEST(find_class, keeps_integers_apart_that_are_one_double) {
  const std::vector<std::string> classes{"9007199254740992", "9007199254740993", "18446744073709551615"};
  EXPECT_EQ(find_class(classes, "+9007199254740993"), 1U);
  EXPECT_EQ(find_class(classes, "9007199254740992.0"), 0U);
  EXPECT_EQ(find_class(classes, "18446744073709551614"), std::nullopt);
  EXPECT_EQ(find_class(classes, "+18446744073709551615"), 2U);
}

TEST(find_class, knows_booleans_as_yaml_writes_them) {
  const std::vector<std::string> classes{"False", "True"};
  EXPECT_EQ(find_class(classes, "true"), 1U);
  EXPECT_EQ(find_class(classes, "FALSE"), 0U);
}

TEST(is_python_literal, tells_numbers_and_booleans_from_words) {
  for (const char* label : {"0", "-1", "0.5", "1e-05", "18446744073709551615", "+1", "True", "False"}) {
    EXPECT_TRUE(is_python_literal(label)) << label;
  }
  for (const char* label : {"", "01", "-007", "a", "1a", "true", "nan", "inf", "1 "}) {
    EXPECT_FALSE(is_python_literal(label)) << label;
  }
}

}  // namespace
}  // namespace gridmill::core
