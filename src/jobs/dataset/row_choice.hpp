#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/search_config.hpp"
#include "io/tables/remarks.hpp"
#include "jobs/dataset/source_table.hpp"

namespace gridmill::jobs {

/// Which rows of a source are taken.
struct RowChoice {
  const config::DataOptions& options;
  bool goes_by_time = false;  // hold-out or folds ask for an order: a store's time index serves where no time is named
  std::optional<std::size_t> sample = std::nullopt;  // so many of them only
};

/// Leaves in `source` the rows that the filter takes and that have a label, or a sample of them, sorted by their time
/// if there is one, stably. Returns the column of the time; empty: the rows are in the order of the file.
///
/// Errors: UserError naming the file and the place: see rows_that_meet; a time that is missing, or no time; no row has
/// a label. A target that is no column is not said here.
std::string choose_rows(const RowChoice& choice, SourceTable& source, io::Remarks& remarks);

/// Returns how many rows, which are sorted by the column `time`, are not later than `after`, a time or a number.
/// Errors: UserError where there is no time, `after` is none, or one side would have no row.
std::size_t rows_until(const SourceTable& source, const std::string& time, const core::Value& after);

/// Leaves these rows of the table, in this order.
void keep_rows(SourceTable& source, const std::vector<std::size_t>& rows);

}  // namespace gridmill::jobs
