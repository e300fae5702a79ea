#include "jobs/dataset/source_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "io/import/table_file.hpp"
#include "io/text/cell.hpp"
#include "io/text/csv_table.hpp"

namespace gridmill::jobs {

SourceTable read_source(const std::filesystem::path& file, const io::ImportOptions& options) {
  const std::unique_ptr<io::TableSource> source = io::open_table(file, options);
  SourceTable read{.table = source->next(source->n_rows()), .file = file, .options = options};
  read.remarks = source->remarks();
  ordinals_to_numbers(read.table);
  return read;
}

const core::Column& column_of(const SourceTable& source, const std::string& name, const std::string& wanted_as) {
  if (const core::Column* const found = source.table.find(name)) return *found;
  std::vector<std::string> known;
  for (const core::Column& column : source.table.columns) known.push_back(column.name);
  refuse(source, fmt::format("no column '{}' (wanted as {})", name, wanted_as), io::hint_for_column(name, known));
}

void refuse(const SourceTable& source, std::string what, std::string hint) {
  throw core::UserError(core::Problem{{source.file.string()}, std::move(what), std::move(hint)});
}

core::Problem problem_at(const SourceTable& source, std::size_t row, std::string what, std::string hint) {
  const std::size_t file_row = source.file_row(row);
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

namespace {

/// What the categories of an ordinal say as numbers; nothing if one of them is none.
std::optional<std::vector<double>> numbers_of(const core::Column& column) {
  const auto& tags = column.tags;
  if (column.type != core::ColumnType::categorical || std::find(tags.begin(), tags.end(), "ordinal") == tags.end()) {
    return std::nullopt;
  }
  std::vector<double> numbers;
  for (const std::string& category : column.categories) {
    const std::optional<double> number = io::parse_real(category);
    if (!number || !std::isfinite(*number)) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

/// Whether each category is the usual text of a whole number, so that labels are called the same.
bool are_integers(const std::vector<std::string>& categories) {
  return std::all_of(categories.begin(), categories.end(), [](const std::string& category) {
    const std::optional<std::int64_t> number = io::parse_integer(category);
    return number && std::to_string(*number) == category;
  });
}

}  // namespace

void ordinals_to_numbers(core::Table& table) {
  using core::Column;
  for (Column& column : table.columns) {
    const std::optional<std::vector<double>> numbers = numbers_of(column);
    if (!numbers) continue;
    const auto& codes = std::get<Column::Codes>(column.values);
    Column::Integers integers(codes.size());
    Column::Reals reals(codes.size(), std::numeric_limits<double>::quiet_NaN());
    std::vector<std::uint8_t> valid(codes.size(), 1);
    for (std::size_t row = 0; row < codes.size(); ++row) {
      if (codes[row] == core::kMissingCode) {
        valid[row] = 0;
        continue;
      }
      reals[row] = (*numbers)[static_cast<std::size_t>(codes[row])];
      integers[row] = static_cast<std::int64_t>(reals[row]);
    }
    if (are_integers(column.categories)) {
      column.type = core::ColumnType::integer;
      column.values = std::move(integers);
      if (std::find(valid.begin(), valid.end(), 0) != valid.end()) column.valid = std::move(valid);
    } else {
      column.type = core::ColumnType::real;
      column.values = std::move(reals);
    }
    column.categories.clear();
  }
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
