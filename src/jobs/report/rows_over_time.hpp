#pragma once

#include "core/entity_data.hpp"
#include "core/value.hpp"

namespace gridmill::jobs {

/// Returns how the rows of a table lie in time: a mapping, or null where it has no time index, or no two times.
///
///   column         the time index
///   from, to       the first and the last time [s since 1970, UTC]
///   counts         rows by bar, of equal widths from one to the other
///   rows, missing  rows that were looked at, and those of them without a time
///
/// Of more than a million rows some are looked at, in runs at even distances.
core::Value rows_over_time(const core::EntityData& data, core::TableId table);

}  // namespace gridmill::jobs
