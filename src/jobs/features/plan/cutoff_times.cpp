#include "jobs/features/plan/cutoff_times.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "core/joined_key.hpp"
#include "io/import/table_file.hpp"
#include "io/text/csv_table.hpp"
#include "io/text/datetime.hpp"
#include "io/text/time_writing.hpp"

namespace gridmill::jobs {

namespace {

using config::CutoffOptions;
using core::Column;
using core::ColumnType;

/// How the times are written that cutoff times are compared with.
std::string writing_of(const core::EntitySet& set, core::TableId target) {
  const auto of = [](const core::EntityTable& table) { return table.find(table.time_index)->time_format; };
  if (!set.tables[target].time_index.empty()) return of(set.tables[target]);
  std::set<std::string> all;
  for (const core::EntityTable& table : set.tables) {
    if (!table.time_index.empty()) all.insert(of(table));
  }
  return all.size() == 1 ? *all.begin() : std::string();
}

std::string hint_for_times(const std::string& written_as) {
  const std::string dates = "write it as 2024-02-29 or 2024-02-29 12:30:00";
  if (const auto format = io::format_of(written_as)) {
    return fmt::format("{}, or as the time index is written ({})", dates, format->text());
  }
  return dates + "; numbers are times if those of the time index are, by its time_format";
}

/// What to say of a text that is no time, or one that 64 bits do not hold.
std::string problem_with(core::TimeKind kind) {
  if (kind != core::TimeKind::beyond) return "is no time";
  return "is out of range: times lie between 1677-09-21 and 2262-04-11";
}

/// The columns of the file, which is read whole if it is a store.
std::vector<std::string> columns_of(const CutoffOptions& cutoff, const io::ImportOptions& options) {
  if (io::format_of(cutoff.file, options) == io::TableFormat::csv) return io::csv_columns(cutoff.file, options);
  std::vector<std::string> names;
  for (const Column& column : io::open_table(cutoff.file, options)->schema().columns) names.push_back(column.name);
  return names;
}

/// The first of the names that the file has as a column, else the one at `position`.
std::string choose(const CutoffOptions& cutoff, const std::vector<std::string>& known, const std::string& given,
                   const std::vector<std::string>& usual, std::size_t position) {
  const auto has = [&](const std::string& name) {
    return !name.empty() && std::find(known.begin(), known.end(), name) != known.end();
  };
  const auto refuse = [&](std::string what, std::string hint) {
    throw core::UserError(core::Problem{{cutoff.file.string()}, std::move(what), std::move(hint)});
  };
  if (!given.empty() && !has(given)) {
    refuse(fmt::format("no column '{}' (named in features.cutoff_time)", given), core::hint_for(given, known));
  }
  if (!given.empty()) return given;
  const auto found = std::find_if(usual.begin(), usual.end(), has);
  if (found != usual.end()) return *found;
  if (position >= known.size()) refuse("a table of cutoff times has a column of instances and one of times", {});
  return known[position];
}

/// Reads the file with the times as `format` says; nothing if they are written otherwise.
std::optional<SourceTable> read_as(const CutoffOptions& cutoff, io::ImportOptions options, const std::string& time,
                                   const core::TimeFormat& format) {
  options.time_formats.emplace(time, format);
  try {
    return read_source(cutoff.file, options);
  } catch (const core::UserError&) {
    return std::nullopt;
  }
}

/// Numbers of a store, which has types of its own, are times in that format; leaves the column where one is not.
void numbers_to_times(const core::TimeFormat& format, Column& column) {
  Column::Integers times(column.size(), core::kMissingTime);
  for (std::size_t row = 0; row < column.size(); ++row) {
    if (column.missing(row)) continue;
    const std::optional<std::int64_t> time = format.parse(key_text(column, row));
    if (!time) return;
    times[row] = *time;
  }
  column = {.name = column.name, .type = ColumnType::datetime, .tags = {}, .values = std::move(times)};
}

/// Refuses the first entry that is no time.
void require_times(const SourceTable& source, const Column& times, const std::string& written_as) {
  if (times.type == ColumnType::datetime) return;
  for (std::size_t row = 0; row < source.table.n_rows(); ++row) {
    const std::string text = times.missing(row) ? "" : key_text(times, row);
    const core::TimeKind kind = io::read_time_like(text, written_as).kind;
    if (text.empty() || kind == core::TimeKind::time) continue;
    refuse_row(source, row, fmt::format("'{}' in column '{}' {}", text, times.name, problem_with(kind)),
               hint_for_times(written_as));
  }
  refuse(source, fmt::format("column '{}' is of type {}, not a time", times.name, core::name_of(times.type)),
         hint_for_times(written_as));
}

/// The columns of the file that name an instance together, where the target's index is of several.
std::vector<std::string> columns_of_key(const CutoffOptions& cutoff, const core::EntityTable& table,
                                        const std::vector<std::string>& known) {
  const auto has = [&](const std::string& name) { return std::find(known.begin(), known.end(), name) != known.end(); };
  const auto parts = core::key_parts(table.index);
  if (!cutoff.instance_column.empty() || has(table.index) || !parts || parts->size() < 2) return {};
  const bool all = std::all_of(parts->begin(), parts->end(),
                               [&](const std::string& part) { return has(part) && table.find(part) != nullptr; });
  return all ? *parts : std::vector<std::string>();
}

/// They are read as the table's own.
void read_as_in(const core::EntityTable& table, const std::vector<std::string>& parts, bool is_text,
                io::ImportOptions& options) {
  options.keys.insert(options.keys.end(), parts.begin(), parts.end());
  options.used.insert(options.used.end(), parts.begin(), parts.end());
  for (const std::string& part : parts) {
    const core::EntityColumn& column = *table.find(part);
    if (!is_text) continue;
    options.types.emplace(part, core::column_type_of(column.type));
    if (const auto format = io::format_of(column.time_format)) options.time_formats.emplace(part, *format);
  }
}

/// Puts the key in the place of its parts, of which the time of the row may be one.
void join_key(const std::vector<std::string>& parts, const std::string& name, const std::string& time,
              core::Table& table) {
  Column key{.name = name, .type = ColumnType::text, .tags = {}, .values = Column::Texts(table.n_rows())};
  key.valid.assign(table.n_rows(), 1);
  std::vector<std::string> values(parts.size());
  for (std::size_t row = 0; row < table.n_rows(); ++row) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Column& part = *table.find(parts[i]);
      if (part.missing(row)) {
        key.valid[row] = 0;
      } else {
        values[i] = part.type == ColumnType::datetime ? io::datetime_text(std::get<Column::Integers>(part.values)[row])
                                                      : key_text(part, row);
      }
    }
    if (key.valid[row] != 0) std::get<Column::Texts>(key.values)[row] = core::joined_key(values);
  }
  std::erase_if(table.columns, [&](const Column& column) {
    return column.name != time && std::find(parts.begin(), parts.end(), column.name) != parts.end();
  });
  table.columns.push_back(std::move(key));
}

}  // namespace

std::int64_t read_cutoff(const CutoffOptions& cutoff, const core::EntitySet& set, core::TableId target,
                         std::vector<std::string>& warnings) {
  const std::string written_as = writing_of(set, target);
  const io::TimeText read = io::read_time_like(cutoff.time, written_as);
  if (read.kind != core::TimeKind::time) {
    throw core::UserError(
        core::Problem{cutoff.where, fmt::format("features.cutoff_time: '{}' {}", cutoff.time, problem_with(read.kind)),
                      hint_for_times(written_as)});
  }
  if (const auto doubt = io::doubt_about(cutoff.time, read, written_as)) {
    warnings.push_back("features.cutoff_time: " + *doubt);
  }
  return read.time;
}

CutoffFile read_cutoff_file(const CutoffOptions& cutoff, const core::EntitySet& set, core::TableId target) {
  const core::EntityTable& table = set.tables[target];
  io::ImportOptions options;
  options.used = {cutoff.instance_column, cutoff.time_column, table.index, table.time_index, "instance_id", "time"};
  const std::vector<std::string> columns = columns_of(cutoff, options);
  const std::vector<std::string> parts = columns_of_key(cutoff, table, columns);
  CutoffFile file{
      .source = {},
      .instance = parts.empty() ? choose(cutoff, columns, cutoff.instance_column, {table.index, "instance_id"}, 0)
                                : table.index,
      .time = choose(cutoff, columns, cutoff.time_column, {"time", table.time_index}, 1),
  };
  const bool is_text = io::format_of(cutoff.file, options) != io::TableFormat::store;
  options.keys.push_back(file.instance);
  read_as_in(table, parts, is_text, options);
  const core::EntityColumn* index = table.find(table.index);
  if (is_text && parts.empty() && index != nullptr && core::column_type_of(index->type) == ColumnType::categorical) {
    options.types.emplace(file.instance, ColumnType::categorical);  // 007 is not 7
  }
  const std::string written_as = writing_of(set, target);
  if (io::day_order_of(written_as) == io::DayOrder::day_first) options.day_first.push_back(file.time);
  const std::optional<core::TimeFormat> format = io::format_of(written_as);
  std::optional<SourceTable> like_others;
  if (is_text && format) like_others = read_as(cutoff, options, file.time, *format);
  file.source = like_others ? *std::move(like_others) : read_source(cutoff.file, options);
  const auto times = std::find_if(file.source.table.columns.begin(), file.source.table.columns.end(),
                                  [&](const Column& column) { return column.name == file.time; });
  if (format && is_number(times->type)) numbers_to_times(*format, *times);
  require_times(file.source, *times, written_as);
  if (!parts.empty()) join_key(parts, table.index, file.time, file.source.table);
  return file;
}

std::string key_text(const Column& column, std::size_t row) {
  switch (column.type) {
    case ColumnType::integer: return std::to_string(std::get<Column::Integers>(column.values)[row]);
    case ColumnType::real: {  // numbers of rows some of which are missing, as pandas writes them
      const double value = std::get<Column::Reals>(column.values)[row];
      const bool is_whole = value == std::floor(value) && std::abs(value) <= 9007199254740992.0;
      return is_whole ? std::to_string(static_cast<std::int64_t>(value)) : core::python_float(value);
    }
    case ColumnType::categorical:
      return column.categories[static_cast<std::size_t>(std::get<Column::Codes>(column.values)[row])];
    case ColumnType::text:
    case ColumnType::key: return std::get<Column::Texts>(column.values)[row];
    case ColumnType::boolean: return std::get<Column::Booleans>(column.values)[row] != 0 ? "True" : "False";
    default: return "";
  }
}

}  // namespace gridmill::jobs
