#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "features/definitions/primitive.hpp"
#include "features/transforms/calendar_kernels.hpp"
#include "features/transforms/declaration.hpp"
#include "features/transforms/holiday_kernels.hpp"
#include "features/transforms/holidays.hpp"

namespace gridmill::features {

namespace {

using namespace transforms;
using core::Kind;
using core::OptionSpec;

const std::vector<Slots> kAnyTime = {{of_type(LogicalType::datetime)}};

OptionSpec hour_option(std::string name, int hour, std::string meaning) {
  return {std::move(name), {Kind::integer}, hour, {.low = 0, .high = 23}, {}, std::move(meaning)};
}

OptionSpec country_option() {
  return {"country", {Kind::text}, "US", {}, holiday_countries(), "Whose public holidays; nationwide ones only."};
}

OptionSpec time_unit_option() {
  return {"unit",
          {Kind::text},
          "seconds",
          {},
          {"years", "months", "days", "hours", "minutes", "seconds", "milliseconds", "nanoseconds"},
          "Unit of the result; a year is 31,540,000 s, a month 2,628,000 s."};
}

Primitive ordinal(std::string name, std::string meaning, Transform kernel) {
  return transform(std::move(name), kAnyTime, as_ordinal(), std::move(meaning), std::move(kernel));
}

Primitive boolean(std::string name, std::string meaning, Transform kernel) {
  return transform(std::move(name), kAnyTime, as_nullable_boolean(), std::move(meaning), std::move(kernel));
}

/// The parts of a date and of a time of day. All times are UTC, or whatever the source's clock showed.
std::vector<Primitive> parts() {
  return {
      by_default(ordinal("day", "Day of the month, 1 to 31.", day_kernel())),
      ordinal("day_of_year", "Day of the year, 1 to 366.", day_of_year_kernel()),
      ordinal("days_in_month", "Number of days of the month, 28 to 31.", days_in_month_kernel()),
      ordinal("hour", "Hour of the day, 0 to 23.", hour_kernel()),
      ordinal("minute", "Minute of the hour, 0 to 59.", minute_kernel()),
      by_default(ordinal("month", "Month, 1 to 12.", month_kernel())),
      ordinal("quarter", "Quarter of the year, 1 to 4.", quarter_kernel()),
      ordinal("second", "Second of the minute, 0 to 59.", second_kernel()),
      ordinal("week", "Week of the year by ISO 8601, 1 to 53.", week_kernel()),
      by_default(ordinal("weekday", "Day of the week, from 0 = Monday to 6 = Sunday.", weekday_kernel())),
      by_default(ordinal("year", "Year.", year_kernel())),
  };
}

std::vector<Primitive> conditions() {
  return {
      boolean("is_first_week_of_month", "Whether a date is in the first week of its month; weeks begin on Sunday.",
              is_first_week_of_month_kernel()),
      boolean("is_leap_year", "Whether the year has a February 29.", is_leap_year_kernel()),
      with(boolean("is_lunch_time", "Whether the hour is the lunch hour; false if missing.", is_lunch_time_kernel()),
           {hour_option("lunch_hour", 12, "Hour of lunch.")}),
      boolean("is_month_end", "Whether a date is the last day of its month; false if missing.",
              is_period_end_kernel(1)),
      boolean("is_month_start", "Whether a date is the first day of its month; false if missing.",
              is_period_start_kernel(1)),
      boolean("is_quarter_end", "Whether a date is the last day of its quarter; false if missing.",
              is_period_end_kernel(3)),
      boolean("is_quarter_start", "Whether a date is the first day of its quarter; false if missing.",
              is_period_start_kernel(3)),
      boolean("is_weekend", "Whether a date is a Saturday or Sunday; false if missing.", is_weekend_kernel()),
      with(boolean("is_working_hours",
                   "Whether the hour is from start_hour to end_hour, both included; false if missing.",
                   is_working_hours_kernel()),
           {hour_option("start_hour", 8, "First working hour."), hour_option("end_hour", 18, "Last working hour.")}),
      boolean("is_year_end", "Whether a date is December 31; false if missing.", is_period_end_kernel(12)),
      boolean("is_year_start", "Whether a date is January 1; false if missing.", is_period_start_kernel(12)),
  };
}

/// A label of the part of a cycle in which a time lies: the usual parts, or the user's as an argument.
Primitive own_parts(std::string name, const std::string& argument, int first, int last, const std::string& unit,
                    std::string meaning, std::string meaning_of_argument, Transform kernel) {
  return checked(with(transform(std::move(name), kAnyTime, as_category(), std::move(meaning), std::move(kernel)),
                      {{argument, {Kind::mapping, Kind::null}, {}, {}, {}, std::move(meaning_of_argument)}}),
                 [=](const core::Params& arguments) -> std::optional<std::string> {
                   const auto problem = problem_with_parts(arguments.at(argument), first, last, unit);
                   return problem ? std::optional(argument + ": " + *problem) : std::nullopt;
                 });
}

std::vector<Primitive> seasons() {
  return {
      transform("nth_week_of_month", kAnyTime, as_double(), "Week of the month, 1 to 6; weeks begin on Sunday.",
                nth_week_of_month_kernel()),
      own_parts(
          "part_of_day", "parts", 0, 23, "hour",
          "Part of the day by the hour: dawn (4, 5), early morning (6, 7), late morning (8 to 10), noon (11 to 13), "
          "afternoon (14 to 16), evening (17 to 19), night (20 to 22), midnight (23 to 3).",
          "Parts instead of these, {night: 22-5, day: 6-21}: hours, ranges, lists of both; each hour in one part.",
          part_of_day_kernel()),
      own_parts("season", "months", 1, 12, "month",
                "Season of the northern half of the world: spring from March 21, summer from June 21, fall from "
                "September 23, winter from December 21.",
                "Whole months instead of these, {winter: [12, 1, 2], rest: 3-11}: months, ranges, lists of both; each "
                "month in one season.",
                season_kernel()),
      transform("date_to_time_zone", kAnyTime, as_category(),
                "Name of the time zone: always missing, because times are kept without zone.", time_zone_kernel()),
  };
}

std::optional<std::string> holiday_problem(const core::Params& arguments) {
  const std::string& wanted = arguments.at("holiday").text();
  std::vector<std::string> known;
  for (const Holiday& each : holidays_of(arguments.at("country").text())) {
    if (each.name == wanted) return std::nullopt;
    if (std::find(known.begin(), known.end(), each.name) == known.end()) known.push_back(each.name);
  }
  std::string names;
  for (const std::string& each : known) names += (names.empty() ? "" : ", ") + each;
  return "no holiday '" + wanted + "' in " + arguments.at("country").text() + "; there are " + names;
}

std::vector<Primitive> holidays() {
  const std::string source = " Holidays of 1950 to 2074 as the Python package holidays 0.32 has them.";
  return {
      with(transform("date_to_holiday", kAnyTime, as_category(),
                     "Name of the public holiday on that date, missing on other days." + source,
                     date_to_holiday_kernel()),
           {country_option()}),
      checked(
          with(
              zero_when_missing(transform("distance_to_holiday", kAnyTime, as_number(),
                                          "Days to the nearest occurrence of a holiday, negative after it; missing if "
                                          "farther than 365 days." +
                                              source,
                                          distance_to_holiday_kernel())),
              {{"holiday", {Kind::text}, "New Year's Day", {}, {}, "Name of the holiday, as date_to_holiday gives it."},
               country_option()}),
          holiday_problem),
      with(boolean("is_federal_holiday", "Whether a date is a public holiday." + source, is_federal_holiday_kernel()),
           {country_option()}),
  };
}

std::vector<Primitive> durations() {
  return {
      at_cutoff(
          by_default(transform("age", {{{.type = LogicalType::datetime, .tags = Tag::date_of_birth}}},
                               ValueType{.type = LogicalType::age_fractional, .tags = Tag::numeric},
                               "Years from a date of birth to the cutoff time: whole days / 365.", age_kernel()))),
      ahead_if_negative(over_table(
          with(transform("diff_datetime", kAnyTime, ValueType{.type = LogicalType::timedelta, .tags = {}},
                         "Time since the previous row's value [s]; missing if either is.", diff_datetime_kernel()),
               {{"periods", {Kind::integer}, 0, {}, {}, "Rows by which values are shifted first."}}))),
      at_cutoff(with(
          transform("time_since", kAnyTime, as_number(), "Time from a value to the cutoff time.", time_since_kernel()),
          {time_unit_option()})),
      among_instances(
          with(transform("time_since_previous", {{time_index()}}, as_number(),
                         "Time since the previous row; missing for the first.", time_since_previous_kernel()),
               {time_unit_option()})),
  };
}

}  // namespace

std::vector<Primitive> calendar_transforms() {
  std::vector<Primitive> all = parts();
  append(all, conditions());
  append(all, seasons());
  append(all, holidays());
  append(all, durations());
  return all;
}

}  // namespace gridmill::features
