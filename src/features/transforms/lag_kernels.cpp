#include "features/transforms/lag_kernels.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/table.hpp"
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

}  // namespace

Transform lag_kernel() {
  return [](const TransformInput& input) {
    return input.columns[0]->take(rows_before(input, input.arguments.at("periods").integer()));
  };
}

Transform numeric_lag_kernel() {
  return [](const TransformInput& input) {
    const core::Value& fill = input.arguments.at("fill_value");
    const double otherwise = fill.is_null() ? kNaN : fill.number();
    const Column::Numbers& x = input.columns[1]->numbers();
    const std::vector<std::int64_t> rows = rows_before(input, input.arguments.at("periods").integer());
    Column::Numbers y = x.take(rows);
    for (std::size_t i = 0; i < input.n; ++i) {
      if (rows[i] < 0) y[i] = otherwise;
    }
    return numbers(std::move(y));
  };
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
