#include "io/csv_table.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/hint.hpp"
#include "core/memory_size.hpp"
#include "io/cell.hpp"
#include "io/column_builder.hpp"
#include "io/csv.hpp"

namespace gridmill::io {
namespace {

/// Cells of a block: they and their text stay in the processor's cache while column after column is read.
constexpr std::size_t kBlockCells = 1 << 13;
constexpr double kColumnBytes = 6000;      // that a column takes while it is read, measured on a hundred thousand
constexpr std::size_t kRowsAtOnce = 4096;  // when something is looked for

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_column_names(const std::string& file, const std::vector<std::string>& names, const ImportOptions& options) {
  std::vector<core::Problem> problems;
  const auto check = [&](const std::string& option, const std::string& name) {
    if (contains(names, name)) return;
    problems.push_back({{file}, "no column '" + name + "', which " + option + " names", core::hint_for(name, names)});
  };
  for (const auto& [name, type] : options.types) check("types", name);
  for (const auto& [name, format] : options.time_formats) check("time_format", name);
  for (const std::string& name : options.ignore) check("ignore", name);
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

std::vector<ColumnBuilder> builders_for(const std::vector<std::string>& names, const ImportOptions& options,
                                        const MissingWords& missing, ColumnSpool& spool) {
  std::vector<ColumnBuilder> builders;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (contains(options.ignore, names[i])) continue;
    const auto given = options.types.find(names[i]);
    const auto format = options.time_formats.find(names[i]);
    ColumnRule rule{.name = names[i],
                    .file_column = i,
                    .type = given == options.types.end() ? std::nullopt : std::optional(given->second),
                    .time_format = format == options.time_formats.end() ? nullptr : &format->second,
                    .is_key = contains(options.keys, names[i]),
                    .max_categories = options.max_categories};
    if (rule.time_format != nullptr) rule.type = core::ColumnType::datetime;
    builders.emplace_back(std::move(rule), missing, options.decimal, spool);
  }
  return builders;
}

/// Shows the builders all rows; returns their number.
std::size_t show_all(CsvReader& reader, std::vector<ColumnBuilder*>& builders) {
  const std::size_t max_rows = std::max<std::size_t>(kBlockCells / reader.names().size(), 16);
  std::size_t n_rows = 0;
  while (const CellBlock* block = reader.next(max_rows)) {
    n_rows += block->n_rows();
    for (ColumnBuilder* builder : builders) builder->append(reader, *block);
  }
  return n_rows;
}

}  // namespace

ParsedTable parse_csv(const std::filesystem::path& path, const ImportOptions& options, ColumnSpool& spool) {
  CsvReader reader(path, options);
  check_column_names(path.string(), reader.names(), options);
  core::require_memory(kColumnBytes * static_cast<double>(reader.names().size()), {path.string(), 1},
                       fmt::format("a table of {} columns", reader.names().size()),
                       "look whether the delimiter and the line ends are right");
  const MissingWords missing(options.missing);
  std::vector<ColumnBuilder> builders = builders_for(reader.names(), options, missing, spool);
  if (builders.empty()) throw core::UserError(core::Problem{{path.string()}, "every column is ignored", {}});
  std::vector<ColumnBuilder*> all;
  for (ColumnBuilder& builder : builders) all.push_back(&builder);
  ParsedTable table{.name = options.table.empty() ? table_name_of(path.string()) : options.table,
                    .source = path.string(),
                    .n_rows = show_all(reader, all),
                    .columns = {}};
  std::erase_if(all, [](const ColumnBuilder* builder) { return !builder->must_start_over(); });
  if (!all.empty()) {
    for (ColumnBuilder* builder : all) builder->start_over();
    CsvReader again(path, options);
    show_all(again, all);
  }
  for (ColumnBuilder& builder : builders) table.columns.push_back(builder.finish());
  return table;
}

std::unique_ptr<TableSource> open_csv(const std::filesystem::path& path, const ImportOptions& options,
                                      ColumnSpool::Limits limits) {
  auto spool = std::make_unique<ColumnSpool>(std::move(limits));
  ParsedTable table = parse_csv(path, options, *spool);
  return as_source(std::move(table), std::move(spool));
}

std::vector<std::string> csv_columns(const std::filesystem::path& path, const ImportOptions& options) {
  ImportOptions names = options;
  names.may_be_empty = true;
  return CsvReader(path, names).names();
}

std::optional<FoundCell> find_csv_cell(const std::filesystem::path& path, const ImportOptions& options,
                                       const std::string& column, const std::function<bool(std::string_view)>& wanted) {
  CsvReader reader(path, options);
  const auto name = std::find(reader.names().begin(), reader.names().end(), column);
  if (name == reader.names().end()) return std::nullopt;
  const auto at = static_cast<std::size_t>(name - reader.names().begin());
  const MissingWords missing(options.missing);
  std::string scratch;
  while (const CellBlock* block = reader.next(kRowsAtOnce)) {
    for (std::size_t row = 0; row < block->n_rows(); ++row) {
      const std::string_view cell = block->cell(row, at, scratch);
      if (!missing.contains(cell) && wanted(cell)) return FoundCell{reader.location(row, at), std::string(cell)};
    }
  }
  return std::nullopt;
}

core::Location locate_csv_row(const std::filesystem::path& path, const ImportOptions& options, std::size_t row) {
  CsvReader reader(path, options);
  while (const CellBlock* block = reader.next(kRowsAtOnce)) {
    if (row < block->n_rows()) return {.file = path.string(), .line = reader.location(row, 0).line};
    row -= block->n_rows();
  }
  return {path.string()};
}

}  // namespace gridmill::io
