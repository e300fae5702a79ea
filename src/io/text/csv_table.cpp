#include "io/text/csv_table.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/hint.hpp"
#include "core/memory_size.hpp"
#include "io/text/cell.hpp"
#include "io/text/column_builder.hpp"
#include "io/text/csv.hpp"
#include "io/text/name_list.hpp"

namespace gridmill::io {
namespace {

/// Cells of a block: they and their text stay in the processor's cache while column after column is read.
constexpr std::size_t kBlockCells = 1 << 13;
constexpr double kReadColumnBytes = 6000;  // that a column takes while it is read, measured on a hundred thousand
constexpr std::size_t kRowsSearchedAtOnce = 4096;  // when something is looked for

bool is_ignored(const CsvReader& reader, std::size_t column, const ImportOptions& options) {
  return contains(options.ignore, reader.names()[column]) ||
         (reader.is_nameless(column) && contains(options.ignore, std::string()));
}

void check_column_names(const std::string& file, const std::vector<std::string>& names, const ImportOptions& options) {
  std::vector<core::Problem> problems;
  const auto check = [&](const std::string& option, const std::string& name) {
    if (name.empty() || contains(names, name)) return;
    problems.push_back({{file}, "no column '" + name + "', which " + option + " names", hint_for_column(name, names)});
  };
  for (const auto& [name, type] : options.types) {
    if (!options.made_times.contains(name)) check("types", name);
  }
  for (const auto& [name, format] : options.time_formats) {
    if (!options.made_times.contains(name)) check("time_format", name);
  }
  for (const auto& [name, parts] : options.made_times) {
    for (const std::string& part : parts) check("make_time", part);
    if (contains(names, name))
      problems.push_back({{file}, "there is a column '" + name + "' already, which make_time would make", {}});
  }
  for (const std::string& name : options.ignore) check("ignore", name);
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

std::optional<core::TimeFormat> format_for(const std::string& name, const ImportOptions& options) {
  const auto given = options.time_formats.find(name);
  return given == options.time_formats.end() ? std::nullopt : std::optional(given->second);
}

ColumnRule rule_for(const std::string& name, const ImportOptions& options) {
  const auto given = options.types.find(name);
  ColumnRule rule{.name = name,
                  .file_column = 0,
                  .parts = {},
                  .type = given == options.types.end() ? std::nullopt : std::optional(given->second),
                  .time_format = format_for(name, options),
                  .day_order = contains(options.day_first, name) ? std::optional(DayOrder::day_first) : std::nullopt,
                  .decides_what_is_known = contains(options.deciding_times, name),
                  .is_key = contains(options.keys, name),
                  .takes_boolean_words = options.boolean_words,
                  .max_categories = options.max_categories};
  if (rule.time_format) rule.type = core::ColumnType::datetime;
  return rule;
}

/// A time that is made of the columns for year, month, day, ..., or of some in the format that is given.
ColumnRule rule_for_made_time(const std::string& name, const std::vector<std::string>& parts,
                              const std::vector<std::string>& names, const ImportOptions& options) {
  constexpr std::array<std::string_view, 6> kLetters{"%Y", " %m", " %d", " %H", " %M", " %S"};
  ColumnRule rule = rule_for(name, options);
  rule.type = core::ColumnType::datetime;
  for (const std::string& part : parts) {
    rule.parts.push_back(static_cast<std::size_t>(std::find(names.begin(), names.end(), part) - names.begin()));
  }
  if (rule.time_format || parts.size() < 3) return rule;
  std::string letters;
  for (std::size_t i = 0; i < std::min(parts.size(), kLetters.size()); ++i) letters += kLetters[i];
  rule.time_format = core::TimeFormat(letters);
  rule.parts_are_numbers = true;
  return rule;
}

std::vector<ColumnBuilder> builders_for(const CsvReader& reader, const ImportOptions& options,
                                        const MissingWords& missing, ColumnSpool& spool) {
  const std::vector<std::string>& names = reader.names();
  std::vector<ColumnBuilder> builders;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (is_ignored(reader, i, options)) continue;
    ColumnRule rule = rule_for(names[i], options);
    rule.file_column = i;
    builders.emplace_back(std::move(rule), missing, options.decimal, spool);
  }
  for (const auto& [name, parts] : options.made_times) {
    builders.emplace_back(rule_for_made_time(name, parts, names, options), missing, options.decimal, spool);
  }
  return builders;
}

/// Says where the cells stand that were not taken as they are.
void take_remarks(const ColumnBuilder& builder, std::span<const std::filesystem::path> files,
                  const ImportOptions& options, Remarks& remarks) {
  for (const ColumnRemark& each : builder.remarks()) {
    const std::string where = each.row ? locate_csv_row(files, options, *each.row).text() : files.front().string();
    (each.is_warning ? remarks.warnings : remarks.notes).push_back(fmt::format("{}: {}", where, each.sentence));
  }
}

/// Takes out columns that have neither a name nor a value, as delimiters at the ends of lines make them.
void drop_empty_nameless(ParsedTable& table, const ImportOptions& options) {
  Remarks& remarks = table.remarks;
  std::erase_if(table.columns, [&](const ParsedColumn& column) {
    const std::string& name = column.prototype.name;
    if (!contains(remarks.nameless, name)) return false;
    const bool drop =
        column.n_missing == table.n_rows && !options.types.contains(name) && !contains(options.keys, name);
    if (drop) remarks.dropped.push_back(name);
    return drop;
  });
  for (const std::string& name : remarks.dropped) {
    remarks.notes.push_back(
        fmt::format("{}: the column '{}' has neither a name nor a value and is left out", table.source, name));
  }
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

/// Refuses a file with other columns than the first one.
void check_same_columns(const CsvReader& first, const CsvReader& other, const std::filesystem::path& first_file,
                        const std::filesystem::path& file) {
  if (first.names() == other.names()) return;
  std::string what =
      fmt::format("has {} columns, and {} has {}", other.names().size(), first_file.string(), first.names().size());
  for (std::size_t i = 0; i < std::min(first.names().size(), other.names().size()); ++i) {
    if (first.names()[i] == other.names()[i]) continue;
    what = fmt::format("column {} is '{}', and in {} it is '{}'", i + 1, other.names()[i], first_file.string(),
                       first.names()[i]);
    break;
  }
  throw core::UserError(core::Problem{
      {file.string(), 1}, std::move(what), "files that make one table have the same columns in the same order"});
}

/// Shows the builders the rows of files after the first.
std::size_t show_others(std::span<const std::filesystem::path> files, const CsvReader& first,
                        const ImportOptions& options, std::vector<ColumnBuilder*>& builders) {
  std::size_t n_rows = 0;
  for (const std::filesystem::path& file : files.subspan(1)) {
    CsvReader reader(file, options);
    check_same_columns(first, reader, files.front(), file);
    n_rows += show_all(reader, builders);
  }
  return n_rows;
}

}  // namespace

ParsedTable parse_csv(const std::filesystem::path& path, const ImportOptions& options, ColumnSpool& spool) {
  return parse_csv(std::span(&path, 1), options, spool);
}

ParsedTable parse_csv(std::span<const std::filesystem::path> files, const ImportOptions& options, ColumnSpool& spool) {
  const std::filesystem::path& path = files.front();
  CsvReader reader(path, options);
  check_column_names(path.string(), reader.names(), options);
  core::require_memory(kReadColumnBytes * static_cast<double>(reader.names().size()), {path.string(), 1},
                       fmt::format("a table of {} columns", reader.names().size()),
                       "look whether the delimiter and the line ends are right");
  const MissingWords missing(options.missing);
  std::vector<ColumnBuilder> builders = builders_for(reader, options, missing, spool);
  if (builders.empty()) throw core::UserError(core::Problem{{path.string()}, "every column is ignored", {}});
  std::vector<ColumnBuilder*> all;
  for (ColumnBuilder& builder : builders) all.push_back(&builder);
  ParsedTable table{.name = options.table.empty() ? table_name_of(path.string()) : options.table,
                    .source = path.string(),
                    .n_rows = show_all(reader, all),
                    .columns = {},
                    .remarks = reader.remarks()};
  table.n_rows += show_others(files, reader, options, all);
  for (std::size_t i = 0; i < reader.names().size(); ++i) {
    if (reader.is_nameless(i)) table.remarks.nameless.push_back(reader.names()[i]);
  }
  const auto is_done = [](const ColumnBuilder* builder) { return !builder->must_start_over(); };
  for (std::erase_if(all, is_done); !all.empty(); std::erase_if(all, is_done)) {
    for (ColumnBuilder* builder : all) builder->start_over();
    CsvReader again(path, options);
    show_all(again, all);
    show_others(files, again, options, all);
  }
  for (ColumnBuilder& builder : builders) {
    table.columns.push_back(builder.finish());
    take_remarks(builder, files, options, table.remarks);
  }
  drop_empty_nameless(table, options);
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

std::string hint_for_column(const std::string& name, const std::vector<std::string>& names) {
  if (names.size() != 1) return core::hint_for(name, names);
  const std::size_t mark = names.front().find_first_of(",;\t|: ");
  if (mark == std::string::npos) return core::hint_for(name, names);
  const std::string shown = names.front()[mark] == '\t' ? "\\t" : std::string(1, names.front()[mark]);
  return fmt::format("the first line is one cell, '{}'; set delimiter: \"{}\" if that is what stands between cells",
                     names.front(), shown);
}

std::optional<FoundCell> find_csv_cell(const std::filesystem::path& path, const ImportOptions& options,
                                       const std::string& column, const std::function<bool(std::string_view)>& wanted) {
  CsvReader reader(path, options);
  const auto name = std::find(reader.names().begin(), reader.names().end(), column);
  if (name == reader.names().end()) return std::nullopt;
  const auto at = static_cast<std::size_t>(name - reader.names().begin());
  const MissingWords missing(options.missing);
  std::string scratch;
  while (const CellBlock* block = reader.next(kRowsSearchedAtOnce)) {
    for (std::size_t row = 0; row < block->n_rows(); ++row) {
      const std::string_view cell = block->cell(row, at, scratch);
      if (!missing.contains(cell) && wanted(cell)) return FoundCell{reader.location(row, at), std::string(cell)};
    }
  }
  return std::nullopt;
}

core::Location locate_csv_row(const std::filesystem::path& path, const ImportOptions& options, std::size_t row) {
  return locate_csv_row(std::span(&path, 1), options, row);
}

core::Location locate_csv_row(std::span<const std::filesystem::path> files, const ImportOptions& options,
                              std::size_t row) {
  for (const std::filesystem::path& path : files) {
    CsvReader reader(path, options);
    while (const CellBlock* block = reader.next(kRowsSearchedAtOnce)) {
      if (row < block->n_rows()) return {.file = path.string(), .line = reader.location(row, 0).line};
      row -= block->n_rows();
    }
  }
  return {files.front().string()};
}

}  // namespace gridmill::io
