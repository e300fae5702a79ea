#pragma once

#include <cstddef>
#include <vector>

#include "config/search_config.hpp"
#include "io/tables/remarks.hpp"
#include "jobs/dataset/source_table.hpp"

namespace gridmill::jobs {

/// Returns the rows of the table that meet all conditions, ascending.
///
/// Numbers and times compare by value, words and categories by ==, != and isin only. A missing value meets != alone,
/// but null stands for it: [x, "!=", null] takes the rows that have one. Errors: UserError naming the file and the
/// column: unknown, or of another kind than the value; and the condition that leaves no row. `remarks`: receives how
/// many rows are taken, and a word or number of the filter that no row has.
std::vector<std::size_t> rows_that_meet(const SourceTable& source, const std::vector<config::RowCondition>& filter,
                                        io::Remarks& remarks);

}  // namespace gridmill::jobs
