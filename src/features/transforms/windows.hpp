#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/value.hpp"

namespace gridmill::features::transforms {

/// For each row of a series the values [begin, end) its result is made of. Begins and ends never go back.
struct Windows {
  std::vector<std::size_t> begin;
  std::vector<std::size_t> end;
  std::vector<std::uint8_t> enough;  // whether the window holds as many values as asked for
  std::size_t shift = 0;             // a value belongs to the time of the row that many rows later

  [[nodiscard]] std::size_t size() const { return begin.size(); }
};

/// The arguments window_length, gap and min_periods, read once.
struct WindowOptions {
  std::optional<std::size_t> rows;   // window of that many rows ...
  std::optional<std::int64_t> time;  // ... or of that time [ns]
  std::size_t gap_rows = 0;
  std::optional<std::int64_t> gap_time;  // [ns]; only with `time`
  std::size_t min_periods = 0;           // 0 is as 1

  /// Says what is wrong with the arguments of a rolling transform, or nothing.
  static std::optional<std::string> problem(const core::Params& arguments);
  explicit WindowOptions(const core::Params& arguments);
};

/// Windows of a series in table order. `present` says which entries count; times may be missing (at the end), such rows
/// have empty windows if windows are of time. Semantics: pandas rolling(window, min_periods) on the series shifted by
/// the gap; a gap in time takes (t - window - gap, t - gap]. Cost: O(n).
Windows rolling_windows(const WindowOptions& options, std::span<const std::int64_t> times,
                        std::span<const std::uint8_t> present);

/// All values up to `gap` rows before each row.
Windows expanding_windows(std::size_t gap, std::size_t min_periods, std::span<const std::uint8_t> present);

}  // namespace gridmill::features::transforms
