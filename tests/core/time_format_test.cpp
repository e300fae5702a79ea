#include "core/time_format.hpp"

#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

struct Case {
  const char* format;
  const char* text;
  std::int64_t time;  // as Python 3.11's datetime.strptime
};

TEST(time_format, reads_times_as_python_does) {
  for (const Case& each : {
           Case{"%y%m%d", "930101", 725846400000000000},
           {"%y%m%d %H:%M:%S", "931107 00:00:00", 752630400000000000},
           {"%y%m%d", "681231", 3124137600000000000},
           {"%y%m%d", "690101", -31536000000000000},
           {"%d.%m.%Y %R", "7.3.2024 6:05", 1709791500000000000},
           {"%b %d, %Y %I:%M %p", "Mar 07, 2024 12:30 AM", 1709771400000000000},
           {"%A %d %B %Y", "Thursday 7 march 2024", 1709769600000000000},
           {"%Y%j", "2024366", 1735603200000000000},
           {"%FT%T.%f%z", "2024-02-29T23:59:59.25+01:30", 1709245799250000000},
           {"%Y-%m", "2024-05", 1714521600000000000},
           {"%Y", "1700", -8520336000000000000},
           {"100%% %Y", "100% 2000", 946684800000000000},
           {"%I%p %d/%m/%y", "1pm 02/03/04", 1078232400000000000},
       }) {
    EXPECT_EQ(TimeFormat(each.format).parse(each.text), each.time) << each.format;
  }
}

TEST(time_format, takes_zones_with_and_without_minutes) {
  const TimeFormat format("%Y-%m-%d %H%z");
  const std::int64_t hour = 3600000000000;
  const std::int64_t noon = *format.parse("2024-01-01 12Z");
  EXPECT_EQ(format.parse("2024-01-01 14+02"), noon);
  EXPECT_EQ(format.parse("2024-01-01 14+0130"), noon + hour / 2);
  EXPECT_EQ(format.parse("2024-01-01 10-02:00"), noon);
  EXPECT_EQ(format.parse("2024-01-01 14+02:"), std::nullopt);
  EXPECT_EQ(format.parse("2024-01-01 14+0260"), std::nullopt);
}

TEST(time_format, refuses_other_texts_and_days_that_do_not_exist) {
  const TimeFormat format("%y%m%d");
  for (const char* text : {"", "93010", "9301011", "930001", "930132", "930229", "93-1-1", "19930101", "93o101"}) {
    EXPECT_EQ(format.parse(text), std::nullopt) << text;
  }
  EXPECT_EQ(TimeFormat("%Y%j").parse("2023366"), std::nullopt);
  EXPECT_EQ(TimeFormat("%Y").parse("1500"), std::nullopt);
}

TEST(time_format, reads_numbers_since_1970_as_pandas_does) {
  for (const Case& each : {
           Case{"s", "964982703", 964982703000000000},
           {"%s", "964982703.0", 964982703000000000},
           {"s", "1445714994.123456789", 1445714994123456789},
           {"s", "9.64982703e8", 964982703000000000},
           {"s", "-1", -1000000000},
           {"ms", "1445714994123", 1445714994123000000},
           {"us", "1445714994123456", 1445714994123456000},
           {"ns", "1445714994123456789", 1445714994123456789},
           {"D", "18262", 1577836800000000000},
       }) {
    EXPECT_EQ(TimeFormat(each.format).parse(each.text), each.time) << each.format << " " << each.text;
  }
  for (const char* text : {"", "x", "1x", "-", "1e", "nan", "1,5"}) {
    EXPECT_EQ(TimeFormat("s").read(text).kind, TimeKind::none) << text;
  }
  EXPECT_EQ(TimeFormat("s").read("9223372037").kind, TimeKind::beyond);
  EXPECT_EQ(TimeFormat("ms").read("1e30").kind, TimeKind::beyond);
  EXPECT_EQ(TimeFormat("%Y-%m-%d").read("9999-12-31").kind, TimeKind::beyond);
  EXPECT_EQ(TimeFormat::problem_in("ms"), std::nullopt);
}

TEST(time_format, knows_what_is_no_format) {
  EXPECT_EQ(TimeFormat::problem_in("%y%m%d"), std::nullopt);
  EXPECT_EQ(TimeFormat::problem_in("yymmdd"), "has no year, %Y or %y");
  EXPECT_EQ(TimeFormat::problem_in("%Y-%Q"), "%Q is not known");
  EXPECT_EQ(TimeFormat::problem_in("%Y%"), "ends in a single %");
  EXPECT_EQ(TimeFormat::problem_in("%F %d"), "%d stands there twice");
  EXPECT_EQ(TimeFormat::problem_in("%Y %I"), "%I and %p go together");
}

}  // namespace
}  // namespace gridmill::core
