#include <string>
#include <utility>
#include <vector>

#include "features/aggregations/distinct_times.hpp"
#include "features/aggregations/ends.hpp"
#include "features/aggregations/reduction.hpp"
#include "features/aggregations/time_spans.hpp"
#include "features/aggregations/trends.hpp"
#include "features/aggregations/vocabulary.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

Primitive first_last_time_delta() {
  return {.name = "first_last_time_delta",
          .meaning = "Time from the first row to the last [s].",
          .inputs = {{kTimeIndex}},
          .output = kReal,
          .default_value = 0,
          .stacks_on_itself = false,
          .needs_order = true};
}

Primitive avg_time_between() {
  return {.name = "avg_time_between",
          .meaning = "Mean time between successive rows; missing for fewer than two.",
          .inputs = {{kTimeIndex}},
          .output = kReal,
          .arguments = {unit_argument("seconds", "unit of the result")}};
}

Primitive date_first_event() {
  return {.name = "date_first_event",
          .meaning = "Time of the first row.",
          .inputs = {{kTimeIndex}},
          .output = kDatetime,
          .default_value = 0,
          .stacks_on_itself = false,
          .needs_order = true};
}

Primitive time_since(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kTimeIndex}},
          .output = kReal,
          .arguments = {unit_argument("seconds", "unit of the result")},
          .needs_order = true,
          .uses_cutoff = true};
}

Primitive time_since_last(std::string name, std::string meaning, std::vector<std::vector<InputSlot>> inputs) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = std::move(inputs),
          .output = kReal,
          .default_value = 0,
          .stacks_on_itself = false,
          .needs_order = true,
          .uses_cutoff = true};
}

std::vector<std::vector<InputSlot>> time_and_boolean() {
  return {{kTimeIndex, kBoolean}, {kTimeIndex, kBooleanNullable}};
}

Primitive trend() {
  return {.name = "trend",
          .meaning =
              "Slope of the line of least squares through the values over time; missing for fewer than three, 0 "
              "if all times are equal. Per day (Featuretools: per day, hour, minute or second, whichever the "
              "first time is a whole number of).",
          .inputs = {{kNumber, kTimeIndex}},
          .output = kUntypedNumber,
          .needs_order = true};
}

Primitive n_unique(std::string name, std::string meaning) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .inputs = {{kTime}},
          .output = kInteger,
          .default_value = 0,
          .stacks_on_itself = false};
}

Primitive ewma() {
  return {.name = "ewma",
          .meaning = "Mean of the values, a value's weight halving with each half-life that passes after it.",
          .ours = true,
          .inputs = {{kNumber, kTimeIndex}},
          .output = kReal,
          .arguments = {number_argument("half_life", 30, core::Range::positive(), "in units"),
                        unit_argument("days", "unit of the half-life")},
          .stacks_on_itself = false};
}

Primitive entropy_of_gaps() {
  return {.name = "entropy_of_gaps",
          .meaning =
              "Entropy of the shares that the gaps between successive times have in the whole time [nats]: the "
              "greater, the more regular; missing if all times are equal.",
          .ours = true,
          .inputs = {{kTimeIndex}},
          .output = kReal,
          .stacks_on_itself = false,
          .needs_order = true};
}

}  // namespace

std::vector<Primitive> time_aggregations() {
  return {
      reduced_by<FirstLastDelta>(first_last_time_delta()),
      reduced_by<MeanGap>(avg_time_between()),
      reduced_by<FirstTime>(date_first_event()),
      reduced_by<TimeSince<GroupEnd::first>>(
          time_since("time_since_first",
                     "Time from the first row to the cutoff; missing if its time is (of another table). "
                     "Strict: from the first row with a time.")),
      reduced_by<TimeSince<GroupEnd::last>>(
          time_since("time_since_last",
                     "Time from the last row to the cutoff; missing if its time is (of another table). "
                     "Strict: from the last row with a time.")),
      reduced_by<TimeSinceTruth<1>>(time_since_last(
          "time_since_last_true", "Time from the last true value to the cutoff [s].", time_and_boolean())),
      reduced_by<TimeSinceTruth<0>>(time_since_last(
          "time_since_last_false", "Time from the last false value to the cutoff [s].", time_and_boolean())),
      reduced_exactly_by<TimeSinceLeast>(
          time_since_last("time_since_last_min", "Time from the first row with the least value to the cutoff [s].",
                          {{kTimeIndex, kNumber}})),
      reduced_exactly_by<TimeSinceGreatest>(
          time_since_last("time_since_last_max", "Time from the first row with the greatest value to the cutoff [s].",
                          {{kTimeIndex, kNumber}})),
      reduced_by<TrendOf>(trend()),
      computed_or_reduced_by<DistinctPeriods<Day>, UnitedPeriods<Day>>(
          n_unique("n_unique_days", "Number of distinct days.")),
      reduced_by<DistinctRecurring<DayOfYear>>(
          n_unique("n_unique_days_of_calendar_year", "Number of distinct pairs of day and month.")),
      reduced_by<DistinctRecurring<DayOfMonth>>(
          n_unique("n_unique_days_of_month", "Number of distinct days of the month.")),
      computed_or_reduced_by<DistinctPeriods<Month>, UnitedPeriods<Month>>(
          n_unique("n_unique_months", "Number of distinct months.")),
      computed_or_reduced_by<DistinctPeriods<Week>, UnitedPeriods<Week>>(
          n_unique("n_unique_weeks", "Number of distinct weeks, Monday to Sunday.")),
      reduced_by<TimeWeightedMean>(ewma()),
      computed_by<EntropyOfGaps>(entropy_of_gaps()),
  };
}

}  // namespace gridmill::features
