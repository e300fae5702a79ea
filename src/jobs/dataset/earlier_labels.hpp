#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/table.hpp"
#include "search/baseline.hpp"

namespace gridmill::jobs {

/// Returns what was true before each row: the label of the last row of an earlier time, and of exactly one day and one
/// week before where `time` holds times. A rule that has a label for less than half of the rows is left out.
///
/// `time`: n rows, sorted, none missing. `y`: their labels, as a Dataset has them. `group`: n codes; then only rows of
/// the same group count; or empty. `of_train` has all n rows, `of_held_out` none. Of several rows of the same time the
/// last one counts. Cost: O(n log n).
std::vector<search::EarlierLabels> labels_before(const core::Column& time, std::span<const double> y,
                                                 std::span<const std::int64_t> group);

/// Divides the rows of `all` as `split` does: its test rows are held out.
std::vector<search::EarlierLabels> divided(const std::vector<search::EarlierLabels>& all, const search::Fold& split);

}  // namespace gridmill::jobs
