#include "config/quantity.hpp"

#include <gtest/gtest.h>

namespace gridmill::config {
namespace {

TEST(duration, is_a_number_and_a_unit) {
  EXPECT_EQ(parse_duration("15 minutes")->seconds, 900);
  EXPECT_EQ(parse_duration("1 hour")->seconds, 3600);
  EXPECT_EQ(parse_duration("1.5h")->seconds, 5400);
  EXPECT_EQ(parse_duration("90 s")->seconds, 90);
  EXPECT_EQ(parse_duration("2 days")->seconds, 172800);
  for (const char* text : {"", "15", "hours", "-1 hour", "1 fortnight", "1 hours and more", "1 ss", "nan s", "1 s "}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(duration, is_said_in_the_largest_unit_it_fills) {
  EXPECT_EQ(Duration{900}.text(), "15 minutes");
  EXPECT_EQ(Duration{3600}.text(), "1 hour");
  EXPECT_EQ(Duration{5400}.text(), "90 minutes");
  EXPECT_EQ(Duration{90}.text(), "90 seconds");
  EXPECT_EQ(Duration{172800}.text(), "2 days");
  EXPECT_EQ(Duration{0.5}.text(), "0.5 seconds");
}

TEST(dollars, are_a_number_with_or_without_the_currency) {
  EXPECT_EQ(parse_dollars("5 USD")->usd, 5);
  EXPECT_EQ(parse_dollars("0.25")->usd, 0.25);
  EXPECT_EQ(parse_dollars("5 USD")->text(), "5 USD");
  for (const char* text : {"", "5 EUR", "USD 5", "-1 USD", "5 USD more"}) EXPECT_FALSE(parse_dollars(text)) << text;
}

}  // namespace
}  // namespace gridmill::config
