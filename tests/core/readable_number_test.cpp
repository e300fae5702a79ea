#include "core/readable_number.hpp"

#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

TEST(six_digits_text, writes_long_numbers_out) {
  EXPECT_EQ(six_digits_text(1234567.89), "1234568");
  EXPECT_EQ(six_digits_text(0.125), "0.125");
  EXPECT_EQ(six_digits_text(100000), "100000");
  EXPECT_EQ(six_digits_text(1e20), "1e+20");
  EXPECT_EQ(six_digits_text(-20201231.5), "-20201232");
}

}  // namespace
}  // namespace gridmill::core
