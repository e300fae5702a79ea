#include "features/transforms/calendar_kernels.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/table.hpp"
#include "features/transforms/calendar.hpp"
#include "features/transforms/entries.hpp"

namespace gridmill::features::transforms {

namespace {

using core::kMissingTime;

/// Codes of whole numbers first .. first + n - 1. F: time -> number.
template <class F>
Transform ordinal(int first, std::size_t n, F number_of) {
  return [first, n, number_of](const TransformInput& input) {
    const Column::Times& times = input.columns[0]->times();
    Column::Codes codes(input.n, core::kMissingCode);
    for (std::size_t i = 0; i < input.n; ++i) {
      if (times[i] != kMissingTime) codes[i] = static_cast<std::int32_t>(number_of(times[i]) - first);
    }
    return Column{std::move(codes), std::make_shared<const Dictionary>(first, n)};
  };
}

Column where(const TransformInput& input, bool missing_is_false, const auto& holds) {
  const Column::Times& times = input.columns[0]->times();
  const bool is_false = missing_is_false && input.semantics == Semantics::featuretools;
  Column::Booleans entries(input.n, is_false ? std::uint8_t{0} : Column::kMissingBoolean);
  for (std::size_t i = 0; i < input.n; ++i) {
    if (times[i] != kMissingTime) entries[i] = bit(holds(times[i]));
  }
  return booleans(std::move(entries));
}

template <class F>
Transform condition(F holds) {
  return [holds](const TransformInput& input) { return where(input, true, holds); };
}

/// One of fixed, sorted labels. F: time -> code.
template <std::size_t n, class F>
Transform labelled(const std::array<const char*, n>& labels, F code_of) {
  const auto dictionary = std::make_shared<const Dictionary>(
      std::make_shared<const std::vector<std::string>>(labels.begin(), labels.end()));
  return [dictionary, code_of](const TransformInput& input) {
    const Column::Times& times = input.columns[0]->times();
    Column::Codes codes(input.n, core::kMissingCode);
    for (std::size_t i = 0; i < input.n; ++i) {
      if (times[i] != kMissingTime) codes[i] = code_of(times[i]);
    }
    return Column{std::move(codes), dictionary};
  };
}

constexpr std::array<const char*, 8> kPartsOfDay = {"afternoon",    "dawn",     "early morning", "evening",
                                                    "late morning", "midnight", "night",         "noon"};

std::int32_t part_of_day(int hour) {
  constexpr std::array<std::int32_t, 24> kPart = {5, 5, 5, 5, 1, 1, 2, 2, 4, 4, 4, 7,
                                                  7, 7, 0, 0, 0, 3, 3, 3, 6, 6, 6, 5};
  return kPart[static_cast<std::size_t>(hour)];
}

constexpr std::array<const char*, 4> kSeasons = {"fall", "spring", "summer", "winter"};

std::int32_t season(const Date& date) {
  const int when = 100 * date.month + date.day;
  if (when < 321 || when >= 1221) return 3;
  if (when < 621) return 1;
  return when < 923 ? 2 : 0;
}

/// The user's parts of a cycle of numbers.
struct CycleParts {
  std::vector<std::string> labels;    // sorted
  std::vector<std::int32_t> code_of;  // by number less the first one; kMissingCode: in no part
  std::string problem;                // empty: none
};

/// Reads "0-5", "22-5" or "7" as numbers of the cycle; nothing for other text.
std::optional<std::vector<int>> numbers_in(const std::string& text, int first, int last) {
  const auto number = [&](std::string_view word) -> std::optional<int> {
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    int value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    const bool whole = error == std::errc{} && end == word.data() + word.size();
    return whole && value >= first && value <= last ? std::optional(value) : std::nullopt;
  };
  const std::size_t dash = text.find('-', 1);
  const std::optional<int> from = number(std::string_view(text).substr(0, dash));
  const std::optional<int> to = dash == std::string::npos ? from : number(std::string_view(text).substr(dash + 1));
  if (!from || !to) return std::nullopt;
  std::vector<int> numbers{*from};
  for (int next = *from; next != *to;) {
    next = next == last ? first : next + 1;
    numbers.push_back(next);
  }
  return numbers;
}

CycleParts read_parts(const core::Value& parts, int first, int last, const std::string& unit) {
  CycleParts read;
  const auto refuse = [&read](std::string what) {
    read.problem = std::move(what);
    return read;
  };
  for (const auto& [label, numbers] : parts.mapping()) read.labels.push_back(label);
  std::sort(read.labels.begin(), read.labels.end());
  read.code_of.assign(static_cast<std::size_t>(last - first + 1), core::kMissingCode);
  for (const auto& [label, given] : parts.mapping()) {
    const auto code =
        static_cast<std::int32_t>(std::find(read.labels.begin(), read.labels.end(), label) - read.labels.begin());
    for (const core::Value& each : given.is_list() ? given.list() : core::ValueList{given}) {
      const auto numbers = numbers_in(each.python_str(), first, last);
      if (!numbers) {
        return refuse(fmt::format("'{}': {} is neither {} from {} to {} nor a range such as {}-{}", label,
                                  each.python_repr(), unit, first, last, first, first + 2));
      }
      for (const int number : *numbers) {
        std::int32_t& place = read.code_of[static_cast<std::size_t>(number - first)];
        if (place != core::kMissingCode) {
          return refuse(fmt::format("{} {} stands in '{}' and again in '{}'", unit, number,
                                    read.labels[static_cast<std::size_t>(place)], label));
        }
        place = code;
      }
    }
  }
  const auto left = std::find(read.code_of.begin(), read.code_of.end(), core::kMissingCode);
  if (left != read.code_of.end()) {
    return refuse(fmt::format("{} {} is in none of them", unit, first + static_cast<int>(left - read.code_of.begin())));
  }
  return read;
}

/// The label of the part in which a number of the time lies. F: time -> number.
template <class F>
Column parts_of(const TransformInput& input, const core::Value& given, int first, int last, F number_of) {
  CycleParts parts = read_parts(given, first, last, "");
  const Column::Times& times = input.columns[0]->times();
  Column::Codes codes(input.n, core::kMissingCode);
  for (std::size_t i = 0; i < input.n; ++i) {
    if (times[i] != kMissingTime) codes[i] = parts.code_of[static_cast<std::size_t>(number_of(times[i]) - first)];
  }
  return {std::move(codes), std::make_shared<const Dictionary>(
                                std::make_shared<const std::vector<std::string>>(std::move(parts.labels)))};
}

/// Seconds in a unit; years and months as Featuretools has them.
double seconds_in(std::string_view unit) {
  if (unit == "years") return 31'540'000;
  if (unit == "months") return 2'628'000;
  if (unit == "days") return 86'400;
  if (unit == "hours") return 3'600;
  if (unit == "minutes") return 60;
  if (unit == "milliseconds") return 1e-3;
  return unit == "nanoseconds" ? 1e-9 : 1;
}

double seconds_between(std::int64_t from, std::int64_t to) {
  return from == kMissingTime || to == kMissingTime ? kNaN : static_cast<double>(to - from) / 1e9;
}

/// Differences from the previous row after a shift by `periods` rows, over a divisor [s].
Column differences(const TransformInput& input, std::int64_t periods, double divisor) {
  const Column::Times& times = input.columns[0]->times();
  Column::Numbers y(input.n, kNaN);
  for (std::size_t s = 0; s + 1 < input.series.size(); ++s) {
    const std::int64_t begin = input.series[s];
    const std::int64_t end = input.series[s + 1];
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t from = i - periods;
      if (i == begin || from <= begin || from >= end) continue;
      y[static_cast<std::size_t>(i)] =
          seconds_between(times[static_cast<std::size_t>(from - 1)], times[static_cast<std::size_t>(from)]) / divisor;
    }
  }
  return numbers(std::move(y));
}

}  // namespace

Transform day_kernel() {
  return ordinal(1, 31, [](std::int64_t time) { return date_of(day_of(time)).day; });
}
Transform day_of_year_kernel() {
  return ordinal(1, 366, [](std::int64_t time) { return day_of_year(date_of(day_of(time))); });
}
Transform days_in_month_kernel() {
  return ordinal(1, 31, [](std::int64_t time) {
    const Date date = date_of(day_of(time));
    return days_in_month(date.year, date.month);
  });
}
Transform hour_kernel() { return ordinal(0, 24, hour_of); }
Transform minute_kernel() {
  return ordinal(0, 60, [](std::int64_t time) { return time_of_day(time) / kMinute % 60; });
}
Transform month_kernel() {
  return ordinal(1, 12, [](std::int64_t time) { return date_of(day_of(time)).month; });
}
Transform quarter_kernel() {
  return ordinal(1, 4, [](std::int64_t time) { return (date_of(day_of(time)).month + 2) / 3; });
}
Transform second_kernel() {
  return ordinal(0, 60, [](std::int64_t time) { return time_of_day(time) / kSecond % 60; });
}
Transform week_kernel() {
  return ordinal(1, 53, [](std::int64_t time) { return iso_week(day_of(time)); });
}
Transform weekday_kernel() {
  return ordinal(0, 7, [](std::int64_t time) { return weekday_of(day_of(time)); });
}
Transform year_kernel() {
  return ordinal(1, 2999, [](std::int64_t time) { return date_of(day_of(time)).year; });
}

Transform is_first_week_of_month_kernel() {
  return [](const TransformInput& input) {
    return where(input, false, [](std::int64_t time) { return week_of_month(day_of(time)) == 1; });
  };
}
Transform is_leap_year_kernel() {
  return condition([](std::int64_t time) { return is_leap_year(date_of(day_of(time)).year); });
}
Transform is_lunch_time_kernel() {
  return [](const TransformInput& input) {
    const std::int64_t hour = input.arguments.at("lunch_hour").integer();
    return where(input, true, [hour](std::int64_t time) { return hour_of(time) == hour; });
  };
}
Transform is_working_hours_kernel() {
  return [](const TransformInput& input) {
    const std::int64_t first = input.arguments.at("start_hour").integer();
    const std::int64_t last = input.arguments.at("end_hour").integer();
    return where(input, true, [=](std::int64_t time) { return hour_of(time) >= first && hour_of(time) <= last; });
  };
}
Transform is_weekend_kernel() {
  return condition([](std::int64_t time) { return weekday_of(day_of(time)) > 4; });
}
Transform is_period_start_kernel(int months) {
  return condition([months](std::int64_t time) {
    const Date date = date_of(day_of(time));
    return date.day == 1 && (date.month - 1) % months == 0;
  });
}
Transform is_period_end_kernel(int months) {
  return condition([months](std::int64_t time) {
    const Date next = date_of(day_of(time) + 1);
    return next.day == 1 && (next.month - 1) % months == 0;
  });
}

Transform nth_week_of_month_kernel() {
  return [](const TransformInput& input) {
    const Column::Times& times = input.columns[0]->times();
    Column::Numbers y(input.n, kNaN);
    for (std::size_t i = 0; i < input.n; ++i) {
      if (times[i] != kMissingTime) y[i] = week_of_month(day_of(times[i]));
    }
    return numbers(std::move(y));
  };
}
Transform part_of_day_kernel() {
  return [usual = labelled(kPartsOfDay, [](std::int64_t time) { return part_of_day(hour_of(time)); })](
             const TransformInput& input) {
    const core::Value& parts = input.arguments.at("parts");
    return parts.is_null() ? usual(input) : parts_of(input, parts, 0, 23, hour_of);
  };
}
Transform season_kernel() {
  return [usual = labelled(kSeasons, [](std::int64_t time) { return season(date_of(day_of(time))); })](
             const TransformInput& input) {
    const core::Value& months = input.arguments.at("months");
    const auto month_of = [](std::int64_t time) { return date_of(day_of(time)).month; };
    return months.is_null() ? usual(input) : parts_of(input, months, 1, 12, month_of);
  };
}
std::optional<std::string> problem_with_parts(const core::Value& parts, int first, int last, const std::string& unit) {
  if (parts.is_null()) return std::nullopt;
  if (parts.mapping().empty()) return "is empty";
  const std::string problem = read_parts(parts, first, last, unit).problem;
  return problem.empty() ? std::nullopt : std::optional(problem);
}
Transform time_zone_kernel() {
  return labelled(std::array<const char*, 0>{}, [](std::int64_t) { return core::kMissingCode; });
}

Transform age_kernel() {
  return [](const TransformInput& input) {
    const Column::Times& births = input.columns[0]->times();
    Column::Numbers y(input.n, kNaN);
    for (std::size_t i = 0; i < input.n; ++i) {
      if (births[i] == kMissingTime || input.cutoffs[i] == kMissingTime) continue;
      y[i] = static_cast<double>(floor_div(input.cutoffs[i] - births[i], kDay)) / 365;
    }
    return numbers(std::move(y));
  };
}
Transform diff_datetime_kernel() {
  return [](const TransformInput& input) { return differences(input, input.arguments.at("periods").integer(), 1); };
}
Transform time_since_kernel() {
  return [](const TransformInput& input) {
    const Column::Times& times = input.columns[0]->times();
    const double divisor = seconds_in(input.arguments.at("unit").text());
    Column::Numbers y(input.n);
    for (std::size_t i = 0; i < input.n; ++i) y[i] = seconds_between(times[i], input.cutoffs[i]) / divisor;
    return numbers(std::move(y));
  };
}
Transform time_since_previous_kernel() {
  return
      [](const TransformInput& input) { return differences(input, 0, seconds_in(input.arguments.at("unit").text())); };
}

}  // namespace gridmill::features::transforms
