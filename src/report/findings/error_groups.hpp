#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace gridmill::report {

/// Rows that are alike, and how wrong their predictions are.
struct ErrorGroup {
  double low = 0;  // least and greatest value of its rows; NaN: they have none
  double high = 0;
  std::size_t n = 0;          // rows
  double error = 0;           // their mean error
  double standard_error = 0;  // of that; NaN: of a single row
  double residual = 0;        // their mean residual; NaN: there are no residuals
};

/// Sums up rows by group, sorted by their least value; rows without one come last.
///
/// Shapes: `value`, `group` and `error` have n entries, `residual` n or none. A row whose error is NaN has no
/// prediction and is left out; rows of one group without a value (NaN) share it with no row that has one. Cost: O(n).
std::vector<ErrorGroup> error_groups(std::span<const double> value, std::span<const std::size_t> group,
                                     std::span<const double> error, std::span<const double> residual);

}  // namespace gridmill::report
