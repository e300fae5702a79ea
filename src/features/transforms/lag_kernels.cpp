#include "features/transforms/lag_kernels.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/table.hpp"
#include "features/definitions/feature.hpp"
#include "features/transforms/entries.hpp"
#include "features/transforms/series.hpp"

namespace gridmill::features::transforms {

namespace {

/// For each entry the one `periods` rows before in its series, -1 if there is none.
std::vector<std::int64_t> rows_before(const TransformInput& input, std::int64_t periods) {
  std::vector<std::int64_t> rows(input.n, -1);
  for (std::size_t s = 0; s + 1 < input.series.size(); ++s) {
    for (std::int64_t i = input.series[s]; i < input.series[s + 1]; ++i) {
      const std::int64_t from = i - periods;
      if (from >= input.series[s] && from < input.series[s + 1]) rows[static_cast<std::size_t>(i)] = from;
    }
  }
  return rows;
}

/// For each entry the last one of its series whose time is exactly that long before, -1 if there is none. Times of a
/// series ascend, missing ones last.
std::vector<std::int64_t> rows_at_time_before(const TransformInput& input, const Column::Times& times,
                                              const Window& length) {
  std::vector<std::int64_t> rows(input.n, -1);
  for_each_series(input, [&](std::size_t begin, std::size_t n) {
    std::size_t at = begin;  // the first entry later than what is looked for
    for (std::size_t i = begin; i < begin + n && times[i] != core::kMissingTime; ++i) {
      const std::int64_t wanted = length.before(times[i]);
      while (at < i && times[at] <= wanted) ++at;
      if (at > begin && times[at - 1] == wanted) rows[i] = static_cast<std::int64_t>(at) - 1;
    }
  });
  return rows;
}

std::vector<std::int64_t> lagged_rows(const TransformInput& input, std::size_t which_is_time) {
  const core::Value& periods = input.arguments.at("periods");
  if (periods.is_integer()) return rows_before(input, periods.integer());
  return rows_at_time_before(input, input.columns[which_is_time]->times(), read_window(periods.text()));
}

/// Takes the entries of these rows; the argument fill_value where there is none.
Column taken(const TransformInput& input, const Column& column, const std::vector<std::int64_t>& rows) {
  Column result = column.take(rows);
  const core::Value& fill = input.arguments.at("fill_value");
  if (fill.is_null()) return result;
  auto* entries = std::get_if<Column::Numbers>(&result.values);
  auto* flags = std::get_if<Column::Booleans>(&result.values);
  for (std::size_t i = 0; i < input.n; ++i) {
    if (rows[i] >= 0) continue;
    if (entries != nullptr) (*entries)[i] = fill.number();
    if (flags != nullptr) (*flags)[i] = bit(fill.number() != 0);
  }
  return result;
}

}  // namespace

std::optional<std::string> problem_with_periods(const core::Params& arguments) {
  const core::Value& periods = arguments.at("periods");
  if (!periods.is_text()) return std::nullopt;
  constexpr const char* kForms = "; write a number of rows, or a length of time: 1 day, 2 weeks, 90 minutes";
  try {
    const Window length = read_window(periods.text());
    if (length.unit == Window::Unit::observations) return fmt::format("periods: rows are a plain number{}", kForms);
    if (length.amount == 0) return fmt::format("periods: '{}' is no time before{}", periods.text(), kForms);
  } catch (const core::UserError& error) {
    return fmt::format("periods: {}{}", error.problems().front().what, kForms);
  }
  return std::nullopt;
}

bool lags_ahead(const core::Params& arguments) {
  const core::Value& periods = arguments.at("periods");
  return periods.is_integer() && periods.integer() < 0;
}

Transform lag_kernel() {
  return [](const TransformInput& input) { return taken(input, *input.columns[0], lagged_rows(input, 1)); };
}

Transform numeric_lag_kernel() {
  return [](const TransformInput& input) { return taken(input, *input.columns[1], lagged_rows(input, 0)); };
}

Transform time_since_last_kernel(bool state) {
  return [state](const TransformInput& input) {
    const Column::Times& times = input.columns[0]->times();
    const Column::Booleans& flags = input.columns[1]->booleans();
    Column::Numbers y(input.n, kNaN);
    for_each_series(input, [&](std::size_t begin, std::size_t n) {
      std::int64_t last = core::kMissingTime;
      for (std::size_t i = begin; i < begin + n; ++i) {
        if (times[i] == core::kMissingTime) continue;
        if (flags[i] == bit(state)) last = times[i];
        if (last != core::kMissingTime) y[i] = static_cast<double>(times[i] - last) / 1e9;
      }
    });
    return numbers(std::move(y));
  };
}

}  // namespace gridmill::features::transforms
