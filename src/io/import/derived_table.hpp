#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "io/spool/column_spool.hpp"
#include "io/spool/parsed_table.hpp"

namespace gridmill::io {

/// A step of time: so many nanoseconds, or so many months.
struct TimeStep {
  std::int64_t nanoseconds = 0;
  std::int64_t months = 0;  // instead, if not 0
};

/// A table made of the rows of another: a row for each value that some columns have together there, for each step of
/// time between the first and the last time, also where there is no row, or for each value at each step.
struct Derivation {
  std::string from;
  std::vector<std::string> columns;
  std::optional<TimeStep> step;

  /// Says whether rows find theirs by a key that is made for it; else by the one column.
  [[nodiscard]] bool makes_key() const { return step || columns.size() != 1; }
};

/// The time index of a table with a row for each step: when the step begins.
inline constexpr const char* kStepBegin = "begin";

/// Makes the table: its index (numbers from 0, or the one column), the columns, `begin`. Rows are ordered by the
/// columns' values, then by time. Where it makes a key, `from` gets it as a column of the same name.
///
/// Steps begin where the calendar has them: days at midnight, weeks on Mondays, months and years on their first day;
/// steps of several days with the day of the first time, of several months with the year if they divide it.
/// Rows of `from` without a time or a value belong to no row. `time_index`: of `from`; `where`: what messages name.
/// Errors: UserError for a column that can be no key, and for more than a million steps most of which are empty.
/// Memory: a piece of each column; the distinct values.
ParsedTable derive(const Derivation& derivation, const std::string& name, const std::string& index,
                   const std::string& time_index, const core::Location& where, ParsedTable& from, ColumnSpool& spool);

}  // namespace gridmill::io
