#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/table.hpp"
#include "core/value.hpp"
#include "io/tables/table_source.hpp"

namespace gridmill::io {

/// What `info` tells about a column. Missing entries count in n_missing only.
struct ColumnSummary {
  std::string name;
  core::ColumnType type = core::ColumnType::real;
  std::string unit;
  std::vector<std::string> tags;
  std::size_t n_missing = 0;
  core::Value least;                  // integer, double; boolean: 0 or 1; datetime: its text; else null
  core::Value greatest;               // the same
  std::optional<double> mean;         // integer, double, boolean (share of true)
  std::size_t n_categories = 0;       // categorical
  std::size_t n_used_categories = 0;  // categorical: those that occur
};

struct TableSummary {
  std::string name;
  std::string source;
  std::size_t n_rows = 0;
  std::vector<ColumnSummary> columns;
};

/// Reads all rows of `table` block by block. Deterministic: sums run in row order.
TableSummary summarise(TableSource& table);

}  // namespace gridmill::io
