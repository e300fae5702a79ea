#include "features/transforms/holiday_kernels.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/table.hpp"
#include "features/transforms/calendar.hpp"
#include "features/transforms/entries.hpp"
#include "features/transforms/holidays.hpp"

namespace gridmill::features::transforms {

namespace {

using core::kMissingTime;

constexpr Day kFarthest = 365;  // [days] from a holiday

std::vector<Holiday> holidays_for(const TransformInput& input) {
  return holidays_of(input.arguments.at("country").text());
}

const Holiday* find(const std::vector<Holiday>& holidays, Day day) {
  const auto found = std::lower_bound(holidays.begin(), holidays.end(), day,
                                      [](const Holiday& holiday, Day wanted) { return holiday.day < wanted; });
  return found == holidays.end() || found->day != day ? nullptr : &*found;
}

/// Days to the nearest of sorted days; NaN if there is none within a year.
double days_to_nearest(const std::vector<Day>& days, Day day) {
  const auto after = std::lower_bound(days.begin(), days.end(), day);
  std::optional<Day> nearest;
  if (after != days.begin()) nearest = *(after - 1) - day;
  if (after != days.end() && (!nearest || *after - day < -*nearest)) nearest = *after - day;
  if (!nearest || *nearest > kFarthest || *nearest < -kFarthest) return kNaN;
  return static_cast<double>(*nearest);
}

}  // namespace

Transform date_to_holiday_kernel() {
  return [](const TransformInput& input) {
    const std::vector<Holiday> holidays = holidays_for(input);
    std::vector<std::optional<std::string>> names;
    for (const Holiday& each : holidays) names.emplace_back(each.name);
    const Column all = categories_of(std::move(names));
    const Column::Times& times = input.columns[0]->times();
    Column::Codes codes(input.n, core::kMissingCode);
    for (std::size_t i = 0; i < input.n; ++i) {
      const Holiday* holiday = times[i] == kMissingTime ? nullptr : find(holidays, day_of(times[i]));
      if (holiday != nullptr) codes[i] = all.codes()[static_cast<std::size_t>(holiday - holidays.data())];
    }
    return Column{std::move(codes), all.dictionary};
  };
}

Transform distance_to_holiday_kernel() {
  return [](const TransformInput& input) {
    const std::string& name = input.arguments.at("holiday").text();
    std::vector<Day> days;
    for (const Holiday& each : holidays_for(input)) {
      if (each.name == name) days.push_back(each.day);
    }
    const Column::Times& times = input.columns[0]->times();
    Column::Numbers y(input.n, kNaN);
    for (std::size_t i = 0; i < input.n; ++i) {
      if (times[i] != kMissingTime) y[i] = days_to_nearest(days, day_of(times[i]));
    }
    return numbers(std::move(y));
  };
}

Transform is_federal_holiday_kernel() {
  return [](const TransformInput& input) {
    const std::vector<Holiday> holidays = holidays_for(input);
    const Column::Times& times = input.columns[0]->times();
    Column::Booleans entries(input.n, Column::kMissingBoolean);
    for (std::size_t i = 0; i < input.n; ++i) {
      if (times[i] != kMissingTime) entries[i] = bit(find(holidays, day_of(times[i])) != nullptr);
    }
    return booleans(std::move(entries));
  };
}

}  // namespace gridmill::features::transforms
