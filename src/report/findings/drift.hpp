#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gridmill::report {

/// How a feature of new rows differs from that of the rows before.
struct Drift {
  double distance = 0;        // 0: alike, 1: no value in common; NaN: one side has no rows
  double missing_before = 0;  // share of rows
  double missing_after = 0;
  double mean_before = 0;  // NaN: there is no value
  double mean_after = 0;
  double low = 0;                    // where the first bar begins
  double width = 0;                  // of a bar; above 0
  std::vector<std::int64_t> before;  // rows by bar, on bars of both sides together; the last takes in its upper border
  std::vector<std::int64_t> after;
};

/// Compares numbers (NaN or infinite: missing). The distance is Kolmogorov's and Smirnov's: the greatest difference
/// between the shares of rows up to a value, where what is missing counts as below all values. `n_bars` is at least 1.
/// Cost: O(n log n).
Drift drift(std::span<const double> before, std::span<const double> after, std::size_t n_bars);

/// Compares names, as codes in [0, n_codes); others count as one more name, which is missing. The distance is half the
/// sum of the differences between their shares. Means are NaN, and there are no bars.
Drift drift_of_names(std::span<const std::int32_t> before, std::span<const std::int32_t> after, std::size_t n_codes);

}  // namespace gridmill::report
