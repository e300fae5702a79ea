#include "jobs/source_table.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "io/table_file.hpp"

namespace gridmill::jobs {

SourceTable read_source(const std::filesystem::path& file, const io::ImportOptions& options) {
  const std::unique_ptr<io::TableSource> source = io::open_table(file, options);
  SourceTable read{.table = source->next(source->n_rows()), .file = file, .options = options};
  read.remarks = source->remarks();
  return read;
}

void refuse(const SourceTable& source, std::string what, std::string hint) {
  throw core::UserError(core::Problem{{source.file.string()}, std::move(what), std::move(hint)});
}

core::Problem problem_at(const SourceTable& source, std::size_t row, std::string what, std::string hint) {
  const std::size_t file_row = source.first_row + row;
  core::Location where = io::locate_row(source.file, source.options, file_row);
  if (where.line == 0) what = fmt::format("row {}: {}", file_row + 1, what);
  return {std::move(where), std::move(what), std::move(hint)};
}

void refuse_row(const SourceTable& source, std::size_t row, std::string what, std::string hint) {
  throw core::UserError(problem_at(source, row, std::move(what), std::move(hint)));
}

std::size_t first_missing(const core::Column& column) {
  std::size_t row = 0;
  while (row < column.size() && !column.missing(row)) ++row;
  return row;
}

bool leaves_out(const SourceTable& source, const std::string& name, const std::string& column) {
  const std::vector<std::string>& nameless = source.remarks.nameless;
  return name == column || (name.empty() && std::find(nameless.begin(), nameless.end(), column) != nameless.end());
}

bool is_number(core::ColumnType type) {
  using core::ColumnType;
  return type == ColumnType::integer || type == ColumnType::real || type == ColumnType::boolean;
}

}  // namespace gridmill::jobs
