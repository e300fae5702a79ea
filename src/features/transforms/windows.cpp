#include "features/transforms/windows.hpp"

#include <algorithm>
#include <string>

#include "core/table.hpp"
#include "features/transforms/time_offset.hpp"

namespace gridmill::features::transforms {

namespace {

/// Number of present entries among the first i, for i = 0 .. n.
std::vector<std::size_t> counts_before(std::span<const std::uint8_t> present) {
  std::vector<std::size_t> counts(present.size() + 1, 0);
  for (std::size_t i = 0; i < present.size(); ++i) counts[i + 1] = counts[i] + present[i];
  return counts;
}

std::size_t less(std::size_t a, std::size_t b) { return a > b ? a - b : 0; }

/// Marks the windows that hold at least max(min_periods, 1) present entries.
void mark_enough(Windows& windows, std::size_t min_periods, std::span<const std::uint8_t> present) {
  const std::vector<std::size_t> counts = counts_before(present);
  const std::size_t wanted = std::max<std::size_t>(min_periods, 1);
  windows.enough.resize(windows.size());
  for (std::size_t i = 0; i < windows.size(); ++i) {
    windows.enough[i] = counts[windows.end[i]] - counts[windows.begin[i]] >= wanted ? 1 : 0;
  }
}

Windows windows_of_rows(std::size_t rows, std::size_t gap, std::size_t n) {
  Windows windows;
  windows.shift = gap;
  windows.begin.resize(n);
  windows.end.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    windows.end[i] = less(i + 1, gap);
    windows.begin[i] = less(windows.end[i], std::min(rows, n));
  }
  return windows;
}

/// For each row the first one later than its time less `length`.
std::vector<std::size_t> first_later(std::span<const std::int64_t> times, std::int64_t length) {
  std::vector<std::size_t> first(times.size());
  std::size_t from = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times[i] == core::kMissingTime) {
      first[i] = i + 1;
      continue;
    }
    while (from < i + 1 && times[from] <= times[i] - length) ++from;
    first[i] = from;
  }
  return first;
}

/// Rows in (t - length, t], their values being those of `gap` rows before.
Windows windows_of_time(std::int64_t length, std::size_t gap, std::span<const std::int64_t> times) {
  Windows windows;
  windows.shift = gap;
  windows.begin = first_later(times, length);
  windows.end.resize(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    windows.end[i] = less(i + 1, gap);
    windows.begin[i] = std::min(less(windows.begin[i], gap), windows.end[i]);
  }
  return windows;
}

/// Rows in (t - length - gap, t - gap]. As Featuretools has it, present entries are counted in (t - length - gap, t],
/// rows in the window itself.
Windows windows_with_time_gap(const WindowOptions& options, std::span<const std::int64_t> times,
                              std::span<const std::uint8_t> present) {
  const std::vector<std::size_t> counts = counts_before(present);
  Windows windows;
  windows.begin = first_later(times, *options.time + *options.gap_time);
  windows.end = first_later(times, *options.gap_time);
  windows.enough.resize(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    windows.end[i] = std::max(windows.begin[i], windows.end[i]);
    const std::size_t n_rows = windows.end[i] - windows.begin[i];
    const std::size_t n_present = counts[std::max(i + 1, windows.begin[i])] - counts[windows.begin[i]];
    windows.enough[i] = n_present >= options.min_periods && n_rows >= std::max<std::size_t>(options.min_periods, 1);
  }
  return windows;
}

}  // namespace

std::optional<std::string> WindowOptions::problem(const core::Params& arguments) {
  const core::Value& window = arguments.at("window_length");
  const core::Value& gap = arguments.at("gap");
  for (const core::Value* each : {&window, &gap}) {
    if (each->is_text() && !read_time_offset(each->text())) {
      return "'" + each->text() + "' is no length of time like 6h, 2D or 90min";
    }
  }
  if (gap.is_text() && !window.is_text()) return "a gap in time needs a window_length in time";
  return std::nullopt;
}

WindowOptions::WindowOptions(const core::Params& arguments) {
  const core::Value& window = arguments.at("window_length");
  const core::Value& gap = arguments.at("gap");
  const core::Value& fewest = arguments.at("min_periods");
  if (window.is_text()) {
    time = read_time_offset(window.text());
  } else {
    rows = static_cast<std::size_t>(window.integer());
  }
  if (gap.is_text()) {
    gap_time = read_time_offset(gap.text());
  } else {
    gap_rows = static_cast<std::size_t>(gap.integer());
  }
  min_periods = fewest.is_null() ? rows.value_or(1) : static_cast<std::size_t>(fewest.integer());
}

Windows rolling_windows(const WindowOptions& options, std::span<const std::int64_t> times,
                        std::span<const std::uint8_t> present) {
  if (options.time && options.gap_time) return windows_with_time_gap(options, times, present);
  Windows windows = options.time ? windows_of_time(*options.time, options.gap_rows, times)
                                 : windows_of_rows(options.rows.value_or(1), options.gap_rows, times.size());
  mark_enough(windows, options.min_periods, present);
  return windows;
}

Windows expanding_windows(std::size_t gap, std::size_t min_periods, std::span<const std::uint8_t> present) {
  Windows windows = windows_of_rows(present.size(), gap, present.size());
  std::fill(windows.begin.begin(), windows.begin.end(), 0);
  mark_enough(windows, min_periods, present);
  return windows;
}

}  // namespace gridmill::features::transforms
