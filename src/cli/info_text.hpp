#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/value.hpp"
#include "io/import/summary.hpp"

namespace gridmill::cli {

/// Returns the tables of a file as text: a heading, then a line a column, aligned.
std::string info_text(std::span<const io::TableSummary> tables);

/// Returns the same as mappings: {"event": "table", ...} before the {"event": "column", ...} of each table.
std::vector<core::Value> info_lines(std::span<const io::TableSummary> tables);

}  // namespace gridmill::cli
