#pragma once

#include <cstdint>
#include <span>

#include "features/columns/column.hpp"

namespace gridmill::features {

/// Returns for each place the average rank of its entry among the entries known until a time, over their number: what
/// PERCENTILE gives over the rows that count at a cutoff, at many cutoffs at once.
///
/// `values`: numbers, missing ones have no rank. `times`: of each entry, the least int64 is never known. `places`:
/// which entry; `until`: the last time that counts, as many. Cost: O((entries + places) log entries).
Column ranks_as_of(const Column& values, std::span<const std::int64_t> times, std::span<const std::int64_t> places,
                   std::span<const std::int64_t> until);

}  // namespace gridmill::features
