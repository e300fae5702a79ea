#include "jobs/predict/row_sample.hpp"

#include <fmt/format.h>

namespace gridmill::jobs {

std::vector<std::size_t> rows_where(const core::Column& column, bool missing) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < column.size(); ++row) {
    if (column.missing(row) == missing) rows.push_back(row);
  }
  return rows;
}

std::string sample_remark(std::size_t wanted, std::size_t n_rows) {
  if (wanted > n_rows)
    return fmt::format("a sample of {} rows is wanted, and there are {}: all are taken", wanted, n_rows);
  return fmt::format("a sample of {} rows, not of all {}: for trying things out", wanted, n_rows);
}

}  // namespace gridmill::jobs
