#include "core/csv_field.hpp"

#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

TEST(csv_field, is_quoted_where_a_reader_would_cut_it) {
  EXPECT_EQ(csv_field(""), "");
  EXPECT_EQ(csv_field("a b; 'c'"), "a b; 'c'");
  EXPECT_EQ(csv_field("a,b"), R"("a,b")");
  EXPECT_EQ(csv_field(R"(say "a")"), R"("say ""a""")");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csv_field("\r"), "\"\r\"");
}

}  // namespace
}  // namespace gridmill::core
