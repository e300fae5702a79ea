#pragma once

#include <optional>
#include <string>

#include "core/value.hpp"
#include "features/definitions/primitive.hpp"

/// Kernels of transforms of times. In strict semantics conditions are missing where the time is; else they are false
/// there, as pandas has it (is_first_week_of_month: missing).
namespace gridmill::features::transforms {

// Ordinals; their dictionaries hold every value there can be.
Transform day_kernel();
Transform day_of_year_kernel();
Transform days_in_month_kernel();
Transform hour_kernel();
Transform minute_kernel();
Transform month_kernel();
Transform quarter_kernel();
Transform second_kernel();
Transform week_kernel();
Transform weekday_kernel();
Transform year_kernel();

// Conditions.
Transform is_first_week_of_month_kernel();
Transform is_leap_year_kernel();
Transform is_lunch_time_kernel();     // argument lunch_hour
Transform is_working_hours_kernel();  // arguments start_hour, end_hour
Transform is_weekend_kernel();
/// First or last day of a period of that many months: 1, 3 or 12.
Transform is_period_start_kernel(int months);
Transform is_period_end_kernel(int months);

// Others.
Transform nth_week_of_month_kernel();
Transform part_of_day_kernel();  // argument parts
Transform season_kernel();       // argument months
Transform time_zone_kernel();

/// Says what is wrong with the user's parts of a cycle, {winter: [12, 1, 2], night: 22-5}, or nothing. Each number from
/// `first` to `last` (of a `unit`) belongs to one part; null is no parts.
std::optional<std::string> problem_with_parts(const core::Value& parts, int first, int last, const std::string& unit);

// Durations.
Transform age_kernel();
Transform diff_datetime_kernel();        // argument periods
Transform time_since_kernel();           // argument unit
Transform time_since_previous_kernel();  // argument unit

}  // namespace gridmill::features::transforms
