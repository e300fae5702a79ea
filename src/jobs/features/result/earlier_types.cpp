#include "jobs/features/result/earlier_types.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "io/files/file_descriptor.hpp"
#include "io/files/json.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/import/entity_checks.hpp"
#include "io/import/table_file.hpp"
#include "io/store/store.hpp"
#include "io/text/time_writing.hpp"
#include "jobs/features/result/fitted_features.hpp"

namespace gridmill::jobs {

namespace {

bool is_store(const std::filesystem::path& file) {
  char begin[8] = {};
  const std::size_t got = io::FileDescriptor::open_input(file).read(begin);
  return io::hdf5::has_signature(std::string_view(begin, got));
}

ColumnTypes types_of(const core::EntitySet& set) {
  ColumnTypes types;
  for (const core::EntityTable& table : set.tables) {
    for (const core::EntityColumn& column : table.columns) types[table.name][column.name] = column.type;
  }
  return types;
}

using ColumnTimes = std::map<std::string, std::map<std::string, std::string>>;

ColumnTimes times_of(const core::EntitySet& set) {
  ColumnTimes times;
  for (const core::EntityTable& table : set.tables) {
    for (const core::EntityColumn& column : table.columns) {
      if (!column.time_format.empty()) times[table.name][column.name] = column.time_format;
    }
  }
  return times;
}

/// How times were written, as in time_writing.hpp.
ColumnTimes read_times(const std::filesystem::path& file) {
  return is_store(file) ? times_of(io::StoreReader(file).entity_set()) : fitted_times(io::read_json(file).value);
}

bool is_given_otherwise(const io::TableImport& table, const std::string& column) {
  const auto held = table.options.types.find(column);
  const auto meant = table.logical_types.find(column);
  return table.options.time_formats.contains(column) ||
         (held != table.options.types.end() && held->second != core::ColumnType::datetime) ||
         (meant != table.logical_types.end() && meant->second != core::LogicalType::datetime);
}

/// Has times read as they were written then; what the user says comes first.
void take_times(const std::map<std::string, std::string>& times, io::TableImport& table) {
  if (table.derivation || times.empty()) return;
  if (io::format_of(table.source, table.options) == io::TableFormat::store) return;  // it holds times
  io::TableImport named = table;
  for (const auto& [column, written_as] : times)
    named.options.used.push_back(column);  // they tell what a first line is
  const std::vector<std::string> columns = io::source_columns(named);
  for (const auto& [column, written_as] : times) {
    const bool is_there = std::find(columns.begin(), columns.end(), column) != columns.end();
    if (!is_there || is_given_otherwise(table, column)) continue;
    if (const auto format = io::format_of(written_as)) {
      table.options.time_formats.emplace(column, *format);
    } else if (io::day_order_of(written_as) == io::DayOrder::day_first) {
      table.options.day_first.push_back(column);
    }
  }
}

}  // namespace

ColumnTypes read_types(const std::filesystem::path& file) {
  ColumnTypes types =
      is_store(file) ? types_of(io::StoreReader(file).entity_set()) : fitted_types(io::read_json(file).value, file);
  for (auto& [table, columns] : types) {
    std::erase_if(columns, [](const auto& each) { return each.second == core::LogicalType::unknown; });
  }
  return types;
}

void take_earlier_types(const std::filesystem::path& file, io::EntityImport& import, Observer& observer) {
  const ColumnTypes types = read_types(file);
  ColumnTimes times = read_times(file);
  std::vector<std::string> unknown;
  for (io::TableImport& table : import.tables) {
    const auto found = types.find(table.options.table);
    if (found == types.end()) {
      unknown.push_back(table.options.table);
    } else {
      table.earlier_types = found->second;
      take_times(times[table.options.table], table);
    }
  }
  if (unknown.empty()) return;
  std::vector<std::string> known;
  for (const auto& [table, columns] : types) known.push_back(table);
  const std::string what =
      fmt::format("has no types of {} (it has those of {})", fmt::join(unknown, ", "), fmt::join(known, ", "));
  if (unknown.size() == import.tables.size()) {
    throw core::UserError(core::Problem{
        {file.string()}, "it " + what, "tables are told by their names: call them as they were called then"});
  }
  observer.warning(fmt::format("{} {}: they are found out from the rows", file.string(), what));
}

}  // namespace gridmill::jobs
