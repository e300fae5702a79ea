#include "golden_tables.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace gridmill::features {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Cells = std::vector<std::string>;

double number(const std::string& text) { return std::strtod(text.c_str(), nullptr); }

bool is_number(const std::string& text) {
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0';
}

/// "(12.5, -3.25)"
std::array<double, 2> place(const std::string& text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string::npos) return {kNaN, kNaN};
  return {number(text.substr(1)), number(text.substr(comma + 1))};
}

void set_categories(core::Column& column, const Cells& cells) {
  std::set<std::string> labels(cells.begin(), cells.end());
  labels.erase("");
  column.categories.assign(labels.begin(), labels.end());
  if (std::all_of(labels.begin(), labels.end(), is_number)) {
    std::stable_sort(column.categories.begin(), column.categories.end(),
                     [](const std::string& a, const std::string& b) { return number(a) < number(b); });
  }
  std::map<std::string, std::int32_t> codes{{"", core::kMissingCode}};
  for (std::size_t i = 0; i < column.categories.size(); ++i) {
    codes[column.categories[i]] = static_cast<std::int32_t>(i);
  }
  core::Column::Codes values;
  for (const std::string& cell : cells) values.push_back(codes.at(cell));
  column.values = std::move(values);
}

template <class Values, class Read>
Values read_each(const Cells& cells, typename Values::value_type missing, Read read) {
  Values values;
  for (const std::string& cell : cells) values.push_back(cell.empty() ? missing : read(cell));
  return values;
}

core::Column column_of(const core::EntityColumn& declared, const Cells& cells) {
  core::Column column{.name = declared.name, .type = core::column_type_of(declared.type)};
  switch (column.type) {
    case core::ColumnType::integer:
      column.values = read_each<core::Column::Integers>(
          cells, 0, [](const std::string& cell) { return static_cast<std::int64_t>(number(cell)); });
      break;
    case core::ColumnType::real: column.values = read_each<core::Column::Reals>(cells, kNaN, number); break;
    case core::ColumnType::boolean:
      column.values = read_each<core::Column::Booleans>(
          cells, 0, [](const std::string& cell) -> std::uint8_t { return cell == "True" ? 1 : 0; });
      break;
    case core::ColumnType::datetime:
      column.values = read_each<core::Column::Integers>(cells, core::kMissingTime, golden_time);
      break;
    case core::ColumnType::latlong: column.values = read_each<core::Column::Places>(cells, {kNaN, kNaN}, place); break;
    case core::ColumnType::categorical: set_categories(column, cells); break;
    case core::ColumnType::text:
    case core::ColumnType::key: column.values = cells; break;
  }
  const bool marks_missing = column.type == core::ColumnType::integer || column.type == core::ColumnType::boolean ||
                             column.type == core::ColumnType::text || column.type == core::ColumnType::key;
  if (marks_missing && std::find(cells.begin(), cells.end(), "") != cells.end()) {
    for (const std::string& cell : cells) column.valid.push_back(cell.empty() ? 0 : 1);
  }
  return column;
}

}  // namespace

MemoryEntityData read_golden_tables(const GoldenSetting& setting) {
  std::vector<core::Table> tables;
  for (core::TableId id = 0; id < setting.set.tables.size(); ++id) {
    const std::vector<Cells> rows = read_golden_csv(setting.table_files[id]);
    core::Table& table = tables.emplace_back(core::Table{.name = setting.set.tables[id].name});
    for (const core::EntityColumn& declared : setting.set.tables[id].columns) {
      const auto at = static_cast<std::size_t>(std::find(rows.front().begin(), rows.front().end(), declared.name) -
                                               rows.front().begin());
      Cells cells;
      for (std::size_t row = 1; row < rows.size(); ++row) cells.push_back(rows[row].at(at));
      table.columns.push_back(column_of(declared, cells));
    }
  }
  return {setting.set, std::move(tables)};
}

}  // namespace gridmill::features
