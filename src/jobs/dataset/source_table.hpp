#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/sparse.hpp"
#include "core/table.hpp"
#include "io/tables/import_options.hpp"
#include "io/tables/remarks.hpp"

namespace gridmill::jobs {

/// Rows of a file as a table, and what is needed to say where in the file they stand.
struct SourceTable {
  core::Table table;
  std::filesystem::path file;
  io::ImportOptions options;                      // it was read with these
  std::size_t first_row = 0;                      // of the file's rows, the one that is row 0 of the table
  std::optional<core::SparseMatrix> sparse = {};  // features of LIBSVM text; `table` holds the rest then
  io::Remarks remarks = {};
  std::vector<std::size_t> rows = {};  // of the file, each row of the table; empty: first_row, first_row + 1, ...

  [[nodiscard]] std::size_t file_row(std::size_t row) const { return rows.empty() ? first_row + row : rows[row]; }
};

/// Returns a column. Errors: UserError naming the file and what the column is wanted as, with a hint.
const core::Column& column_of(const SourceTable& source, const std::string& name, const std::string& wanted_as);

/// Reads a file whole. Errors: as io::read_table.
SourceTable read_source(const std::filesystem::path& file, const io::ImportOptions& options);

/// Throws a UserError about the file.
[[noreturn]] void refuse(const SourceTable& source, std::string what, std::string hint = {});
/// Returns a problem with a row of the table: begins with file:line for text, with "file: row N" for a store.
core::Problem problem_at(const SourceTable& source, std::size_t row, std::string what, std::string hint = {});
/// Throws a UserError about a row, as problem_at says it.
[[noreturn]] void refuse_row(const SourceTable& source, std::size_t row, std::string what, std::string hint = {});

/// Returns the first row without a value; the column's size if there is none.
std::size_t first_missing(const core::Column& column);

/// Turns categories of a store that are ordinals and numbers (weekdays, months, years) into integers or doubles.
void ordinals_to_numbers(core::Table& table);

/// Whether `name`, as a config writes it, leaves out the column: its name, or the empty one if it has none.
bool leaves_out(const SourceTable& source, const std::string& name, const std::string& column);

/// True for columns a model can learn from as they are: integer, double, boolean.
bool is_number(core::ColumnType type);

}  // namespace gridmill::jobs
