#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/table.hpp"
#include "features/transforms/holidays.hpp"
#include "transform_case.hpp"

namespace gridmill::features::test {
namespace {

using core::kMissingTime;
using Labels = std::vector<std::string>;

Labels parts(const std::string& primitive, const Column::Times& entries) {
  return TransformCase{.primitive = primitive, .columns = {times(entries)}}.labels();
}

std::string flags(const std::string& primitive, const Column::Times& entries,
                  Semantics semantics = Semantics::featuretools) {
  return TransformCase{.primitive = primitive, .columns = {times(entries)}, .semantics = semantics}.flags();
}

TEST(CalendarTransforms, know_leap_days_and_times_before_1970) {
  const Column::Times days = {at(2020, 2, 29, 23, 59, 59), at(1969, 12, 31, 23, 59, 58), at(1900, 3, 1), kMissingTime};
  EXPECT_EQ(parts("day", days), (Labels{"29", "31", "1", ""}));
  EXPECT_EQ(parts("month", days), (Labels{"2", "12", "3", ""}));
  EXPECT_EQ(parts("year", days), (Labels{"2020", "1969", "1900", ""}));
  EXPECT_EQ(parts("hour", days), (Labels{"23", "23", "0", ""}));
  EXPECT_EQ(parts("second", days), (Labels{"59", "58", "0", ""}));
  EXPECT_EQ(parts("weekday", days), (Labels{"5", "2", "3", ""}));
  EXPECT_EQ(parts("day_of_year", days), (Labels{"60", "365", "60", ""}));
  EXPECT_EQ(parts("days_in_month", days), (Labels{"29", "31", "31", ""}));
  EXPECT_EQ(flags("is_leap_year", days), "TFFF");
}

TEST(CalendarTransforms, count_weeks_as_iso_8601) {
  EXPECT_EQ(parts("week", {at(2021, 1, 3), at(2021, 1, 4), at(2020, 12, 31), at(2018, 12, 31), at(2016, 1, 1)}),
            (Labels{"53", "1", "53", "1", "53"}));
}

TEST(CalendarTransforms, begin_weeks_of_the_month_on_sunday) {
  const Column::Times march_2020 = {at(2020, 3, 1), at(2020, 3, 7), at(2020, 3, 8),
                                    at(2020, 2, 1), at(2020, 2, 2), at(2020, 8, 31)};
  EXPECT_EQ((TransformCase{.primitive = "nth_week_of_month", .columns = {times(march_2020)}}.values()),
            (std::vector<double>{1, 1, 2, 1, 2, 6}));
  EXPECT_EQ(flags("is_first_week_of_month", march_2020), "TTFTFF");
}

TEST(CalendarTransforms, have_all_values_in_the_dictionary) {
  const std::map<std::string, std::pair<std::int64_t, std::size_t>> wanted = {
      {"day", {1, 31}},    {"day_of_year", {1, 366}}, {"days_in_month", {1, 31}}, {"hour", {0, 24}},
      {"minute", {0, 60}}, {"month", {1, 12}},        {"quarter", {1, 4}},        {"second", {0, 60}},
      {"week", {1, 53}},   {"weekday", {0, 7}},       {"year", {1, 2999}}};
  for (const auto& [name, range] : wanted) {
    const Column column = TransformCase{.primitive = name, .columns = {times({})}}.result();
    EXPECT_EQ(column.size(), 0U);
    EXPECT_EQ(column.dictionary->first_number(), range.first) << name;
    EXPECT_EQ(column.dictionary->size(), range.second) << name;
  }
}

TEST(CalendarTransforms, see_ends_of_periods_by_the_date) {
  const Column::Times days = {at(2019, 12, 31, 18), at(2020, 2, 29), at(2020, 3, 31), at(2020, 1, 1), kMissingTime};
  EXPECT_EQ(flags("is_month_end", days), "TTTFF");
  EXPECT_EQ(flags("is_quarter_end", days), "TFTFF");
  EXPECT_EQ(flags("is_year_end", days), "TFFFF");
  EXPECT_EQ(flags("is_year_start", days), "FFFTF");
  EXPECT_EQ(flags("is_quarter_start", days), "FFFTF");
  EXPECT_EQ(flags("is_month_end", days, Semantics::strict), "TTTF?");
}

TEST(CalendarTransforms, name_parts_of_days_and_seasons) {
  EXPECT_EQ(parts("part_of_day", {at(2020, 1, 1, 3), at(2020, 1, 1, 4), at(2020, 1, 1, 10, 59), at(2020, 1, 1, 23)}),
            (Labels{"midnight", "dawn", "late morning", "midnight"}));
  EXPECT_EQ(parts("season", {at(2020, 3, 20, 23), at(2020, 3, 21), at(2020, 6, 21), at(2020, 9, 22), at(2020, 9, 23),
                             at(2020, 12, 21)}),
            (Labels{"winter", "spring", "summer", "summer", "fall", "winter"}));
  EXPECT_EQ(flags("is_working_hours", {at(2020, 1, 1, 18, 59), at(2020, 1, 1, 19), at(2020, 1, 1, 8)}), "TFT");
  EXPECT_EQ(flags("is_lunch_time(lunch_hour=13)", {at(2020, 1, 1, 13), at(2020, 1, 1, 12)}), "TF");
}

// Numbers of days that the Python package holidays 0.32 gives for 1950 to 2074.
TEST(Holidays, are_as_many_as_in_the_package_holidays) {
  EXPECT_EQ(transforms::holidays_of("US").size(), 1425U);
  EXPECT_EQ(transforms::holidays_of("GB").size(), 784U);
  EXPECT_EQ(transforms::holidays_of("DE").size(), 764U);
  EXPECT_EQ(transforms::holidays_of("FR").size(), 1342U);
  EXPECT_EQ(transforms::holidays_of("JP").size(), 2012U);
}

TEST(Holidays, fall_on_the_days_of_each_country) {
  const auto name = [](const std::string& country, int year, int month, int day) {
    const std::string call = "date_to_holiday(country='" + country + "')";
    return parts(call, {at(year, month, day, 15)}).front();
  };
  EXPECT_EQ(name("US", 2020, 7, 3), "Independence Day (Observed)");
  EXPECT_EQ(name("US", 2021, 12, 31), "New Year's Day (Observed)");
  EXPECT_EQ(name("US", 1975, 10, 27), "Veterans Day");
  EXPECT_EQ(name("US", 2020, 11, 26), "Thanksgiving");
  EXPECT_EQ(name("GB", 2020, 5, 8), "May Day");
  EXPECT_EQ(name("UK", 2021, 12, 28), "Boxing Day (Observed)");
  EXPECT_EQ(name("DE", 2024, 3, 29), "Karfreitag");
  EXPECT_EQ(name("DE", 2008, 5, 1), "Christi Himmelfahrt; Erster Mai");
  EXPECT_EQ(name("FR", 2006, 6, 5), "");
  EXPECT_EQ(name("FR", 2024, 5, 20), "Lundi de Pentecôte");
  EXPECT_EQ(name("JP", 2019, 4, 30), "国民の休日");
  EXPECT_EQ(name("JP", 2021, 8, 9), "振替休日");
}

TEST(Holidays, are_near_or_far) {
  const auto distances = [](const std::string& call, const Column::Times& entries) {
    return TransformCase{.primitive = call, .columns = {times(entries)}}.values();
  };
  EXPECT_EQ(difference(distances("distance_to_holiday",
                                 {at(2020, 7, 2), at(2019, 7, 2), at(2020, 1, 1, 5), kMissingTime, at(1900, 1, 1)}),
                       {-183, -182, 0, kNaN, kNaN}),
            "");
  EXPECT_EQ(flags("is_federal_holiday", {at(2020, 12, 25, 23), at(2020, 12, 26), kMissingTime}), "TF?");
}

TEST(Durations, run_to_the_cutoff_and_from_row_to_row) {
  const Column births = times({at(1980, 1, 1), at(2030, 1, 1), kMissingTime});
  EXPECT_EQ(difference(TransformCase{.primitive = "age", .columns = {births}, .cutoff = at(1981, 1, 1, 12)}.values(),
                       {366 / 365.0, -17897 / 365.0, kNaN}),
            "");
  EXPECT_EQ(
      difference(TransformCase{.primitive = "time_since(unit='hours')", .columns = {births}, .cutoff = at(1980, 1, 2)}
                     .values(),
                 {24, -438'288, kNaN}),
      "");
  const Column row_times = times({10, 40, kMissingTime, 90, 100});
  EXPECT_EQ(difference(
                TransformCase{
                    .primitive = "time_since_previous(unit='nanoseconds')", .columns = {row_times}, .series = {0, 1, 5}}
                    .values(),
                {kNaN, kNaN, kNaN, kNaN, 10}),
            "");
}

}  // namespace
}  // namespace gridmill::features::test
