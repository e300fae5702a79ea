#include "core/error.hpp"

#include <string>

#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

TEST(UserError, names_place_what_and_hint) {
  const UserError error(Problem{.where = {"configs/grid.yaml", 14, 3}, .what = "unknown option", .hint = "known: C"});
  EXPECT_STREQ(error.what(), "configs/grid.yaml:14:3: unknown option\n  known: C");
}

TEST(UserError, lists_all_problems) {
  const UserError error({Problem{{"a", 1, 0}, "first", ""}, Problem{{"a", 2, 0}, "second", ""}});
  EXPECT_STREQ(error.what(), "a:1: first\na:2: second");
}

TEST(GRIDMILL_ASSERT, names_the_condition_and_the_place) {
  try {
    GRIDMILL_ASSERT(1 == 2, "numbers are equal");
    FAIL() << "did not throw";
  } catch (const InternalError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("error_test.cpp"), std::string::npos) << text;
    EXPECT_NE(text.find("1 == 2"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace gridmill::core
