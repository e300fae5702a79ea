#include "core/percent.hpp"

#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

TEST(PercentText, writes_shares_as_people_do) {
  EXPECT_EQ(percent_text(1), "100 %");
  EXPECT_EQ(percent_text(0), "0 %");
  EXPECT_EQ(percent_text(0.37), "37 %");
  EXPECT_EQ(percent_text(0.025), "2.5 %");
  EXPECT_EQ(percent_text(0.00031), "0.031 %");
}

TEST(PercentText, calls_nothing_all_that_is_not) {
  EXPECT_EQ(percent_text(0.996), "99.6 %");
  EXPECT_EQ(percent_text(0.9999999), "99.9 %");
  EXPECT_EQ(percent_text(0.098), "9.8 %");
  EXPECT_EQ(percent_text(0.0996), "10 %");
  EXPECT_EQ(percent_text(1e-9), "under 0.01 %");
}

}  // namespace
}  // namespace gridmill::core
