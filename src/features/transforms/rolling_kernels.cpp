#include "features/transforms/rolling_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/table.hpp"
#include "features/transforms/calendar.hpp"
#include "features/transforms/entries.hpp"
#include "features/transforms/series.hpp"
#include "features/transforms/window_states.hpp"
#include "features/transforms/windows.hpp"

namespace gridmill::features::transforms {

namespace {

using core::kMissingTime;
using Values = std::span<const double>;
using Times = std::span<const std::int64_t>;
using Result = std::span<double>;

/// One series: what windows are cut from.
struct TimedSeries {
  Times times;
  Values values;  // missing where they do not count
};

void mean(const Windows& windows, const TimedSeries& series, Result y) {
  std::vector<MeanState> states(series.values.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (!std::isnan(series.values[i])) states[i] = {.n = 1, .sum = series.values[i]};
  }
  slide<MeanState>(windows, states, [&](std::size_t i, const MeanState& window) {
    if (windows.enough[i] != 0 && window.n > 0) y[i] = window.sum / window.n;
  });
}

void deviation(const Windows& windows, const TimedSeries& series, Result y) {
  std::vector<VarianceState> states(series.values.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (!std::isnan(series.values[i])) states[i] = {.n = 1, .mean = series.values[i], .squares = 0};
  }
  slide<VarianceState>(windows, states, [&](std::size_t i, const VarianceState& window) {
    if (windows.enough[i] != 0 && window.n > 1) y[i] = std::sqrt(window.squares / (window.n - 1));
  });
}

/// Seconds in the unit of a slope: in Featuretools the largest of day, hour, minute and second that divides the time
/// of the first value, cut to whole seconds.
double seconds_in_unit(std::int64_t first, Semantics semantics) {
  if (semantics == Semantics::strict) return 86'400;
  const std::int64_t seconds = first / kSecond;
  for (const std::int64_t unit : {86'400, 3'600, 60}) {
    if (seconds % unit == 0) return static_cast<double>(unit);
  }
  return 1;
}

double slope(const TrendState& window, Semantics semantics) {
  if (window.n < 3) return kNaN;
  return window.xx == 0 ? 0 : window.xy / window.xx * seconds_in_unit(window.first, semantics);
}

/// Values are paired with the time of the row they are shifted to, as pandas does.
void trend(const Windows& windows, const TimedSeries& series, Semantics semantics, Result y) {
  std::vector<TrendState> states(series.values.size());
  const std::int64_t origin = series.times.empty() ? 0 : series.times.front();
  for (std::size_t i = 0; i + windows.shift < states.size(); ++i) {
    const std::int64_t time = series.times[i + windows.shift];
    if (std::isnan(series.values[i]) || time == kMissingTime) continue;
    states[i].n = 1;
    states[i].mean_x = static_cast<double>(time - origin) / 1e9;
    states[i].mean_y = series.values[i];
    states[i].first = time;
  }
  slide<TrendState>(windows, states, [&](std::size_t i, const TrendState& window) {
    if (windows.enough[i] != 0) y[i] = slope(window, semantics);
  });
}

/// The extreme of each window: a queue of the values that no later one beats.
template <class Beats>
void extreme(const Windows& windows, const TimedSeries& series, Beats beats, Result y) {
  std::vector<std::size_t> queue(series.values.size());
  std::size_t front = 0;
  std::size_t back = 0;
  std::size_t end = 0;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    for (; end < windows.end[i]; ++end) {
      if (std::isnan(series.values[end])) continue;
      while (back > front && !beats(series.values[queue[back - 1]], series.values[end])) --back;
      queue[back++] = end;
    }
    while (front < back && queue[front] < windows.begin[i]) ++front;
    if (windows.enough[i] != 0 && front < back) y[i] = series.values[queue[front]];
  }
}

/// Quantile of sorted values by linear interpolation.
double quantile(Values sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const double rest = position - static_cast<double>(below);
  return rest == 0 ? sorted[below] : sorted[below] + (sorted[below + 1] - sorted[below]) * rest;
}

/// Featuretools' bounds do not go beyond the values and have 5 decimals: the extreme itself may lie outside.
double rounded(double bound) { return std::abs(bound) < 1e10 ? std::nearbyint(bound * 1e5) / 1e5 : bound; }

double count_outliers(Values sorted, Semantics semantics) {
  if (sorted.empty()) return kNaN;
  const double first_quartile = quantile(sorted, 0.25);
  const double third_quartile = quantile(sorted, 0.75);
  const double reach = 1.5 * (third_quartile - first_quartile);
  double low = std::max(first_quartile - reach, sorted.front());
  double high = std::min(third_quartile + reach, sorted.back());
  if (semantics == Semantics::featuretools) {
    low = rounded(low);
    high = rounded(high);
  }
  const auto below = std::lower_bound(sorted.begin(), sorted.end(), low) - sorted.begin();
  const auto above = sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), high);
  return static_cast<double>(below + above);
}

void outliers(const Windows& windows, const TimedSeries& series, Semantics semantics, Result y) {
  std::vector<double> sorted;
  std::size_t begin = 0;
  std::size_t end = 0;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    for (; end < windows.end[i]; ++end) {
      const double value = series.values[end];
      if (!std::isnan(value)) sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), value), value);
    }
    for (; begin < windows.begin[i]; ++begin) {
      const double value = series.values[begin];
      if (!std::isnan(value)) sorted.erase(std::lower_bound(sorted.begin(), sorted.end(), value));
    }
    if (windows.enough[i] != 0) y[i] = count_outliers(sorted, semantics);
  }
}

void compute(Statistic statistic, const Windows& windows, const TimedSeries& series, Semantics semantics, Result y) {
  switch (statistic) {
    case Statistic::least: return extreme(windows, series, std::less<>{}, y);
    case Statistic::greatest: return extreme(windows, series, std::greater<>{}, y);
    case Statistic::mean: return mean(windows, series, y);
    case Statistic::deviation: return deviation(windows, series, y);
    case Statistic::trend: return trend(windows, series, semantics, y);
    case Statistic::outliers: return outliers(windows, series, semantics, y);
    case Statistic::count: break;
  }
}

/// Numbers of rows. Featuretools leaves out the first min_periods - 1 + gap rows, and only where the gap is in rows.
void count(const Windows& windows, std::span<const std::uint8_t> present, std::size_t n_left_out, Result y) {
  std::vector<double> before(present.size() + 1, 0);
  for (std::size_t i = 0; i < present.size(); ++i) before[i + 1] = before[i] + present[i];
  for (std::size_t i = n_left_out; i < windows.size(); ++i) {
    if (windows.enough[i] != 0) y[i] = before[windows.end[i]] - before[windows.begin[i]];
  }
}

/// Runs `each(times, values, present, y)` for every series. Without a number all rows are present values.
template <class Each>
Column by_series(const TransformInput& input, Each each) {
  const Column::Times& times = input.columns[0]->times();
  std::vector<double> values(input.n, 1.0);
  if (input.columns.size() > 1) values = input.columns[1]->numbers();
  std::vector<std::uint8_t> present(input.n);
  for (std::size_t i = 0; i < input.n; ++i) {
    if (std::isinf(values[i])) values[i] = kNaN;
    present[i] = std::isnan(values[i]) ? 0 : 1;
  }
  Column::Numbers y(input.n, kNaN);
  for_each_series(input, [&](std::size_t begin, std::size_t n) {
    each(TimedSeries{Times(times).subspan(begin, n), Values(values).subspan(begin, n)},
         std::span<const std::uint8_t>(present).subspan(begin, n), Result(y).subspan(begin, n));
  });
  return numbers(std::move(y));
}

}  // namespace

Transform rolling_kernel(Statistic statistic) {
  return [statistic](const TransformInput& input) {
    const WindowOptions options(input.arguments);
    return by_series(input, [&](const TimedSeries& series, std::span<const std::uint8_t> present, Result y) {
      const Windows windows = rolling_windows(options, series.times, present);
      if (statistic == Statistic::count) {
        const std::size_t left_out = options.gap_rows + (options.min_periods > 0 ? options.min_periods - 1 : 0);
        count(windows, present, options.gap_time ? 0 : left_out, y);
      } else {
        compute(statistic, windows, series, input.semantics, y);
      }
    });
  };
}

Transform expanding_kernel(Statistic statistic) {
  return [statistic](const TransformInput& input) {
    const auto gap = static_cast<std::size_t>(input.arguments.at("gap").integer());
    const auto min_periods = static_cast<std::size_t>(input.arguments.at("min_periods").integer());
    return by_series(input, [&](const TimedSeries& series, std::span<const std::uint8_t> present, Result y) {
      const Windows windows = expanding_windows(gap, min_periods, present);
      if (statistic == Statistic::count) {
        count(windows, present, 0, y);
      } else {
        compute(statistic, windows, series, input.semantics, y);
      }
    });
  };
}

}  // namespace gridmill::features::transforms
