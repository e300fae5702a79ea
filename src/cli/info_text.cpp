#include "cli/info_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/counted.hpp"
#include "core/percent.hpp"
#include "core/readable_number.hpp"
#include "core/table.hpp"

namespace gridmill::cli {

namespace {

constexpr std::size_t kLongestName = 32;  // [characters]
constexpr std::array kHead{"column", "type", "missing", "least", "greatest", "mean", ""};
constexpr std::size_t kLeftAligned = 2;  // columns of the text: name and type
using Cells = std::array<std::string, kHead.size()>;

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

/// Number of characters (UTF-8).
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string shortened(const std::string& name) {
  if (width_of(name) <= kLongestName) return name;
  std::size_t characters = 0;
  std::size_t end = 0;
  while (characters < kLongestName - 2 || !starts_character(name[end])) {
    if (starts_character(name[end])) ++characters;
    ++end;
  }
  return name.substr(0, end) + "..";
}

std::string number_text(const core::Value& value) {
  if (value.is_null()) return "";
  return value.is_real() ? core::six_digits_text(value.number()) : value.python_str();
}

std::string missing_text(std::size_t n_missing, std::size_t n_rows) {
  if (n_missing == 0) return "-";
  return fmt::format("{} ({})", n_missing,
                     core::percent_text(static_cast<double>(n_missing) / static_cast<double>(n_rows)));
}

std::string more_text(const io::ColumnSummary& column) {
  std::vector<std::string> parts;
  if (column.type == core::ColumnType::categorical) {
    parts.push_back(fmt::format("{} categories", column.n_categories));
    if (column.n_used_categories < column.n_categories)
      parts.push_back(fmt::format("{} used", column.n_used_categories));
  }
  if (!column.unit.empty()) parts.push_back(fmt::format("unit {}", column.unit));
  parts.insert(parts.end(), column.tags.begin(), column.tags.end());
  return fmt::format("{}", fmt::join(parts, ", "));
}

Cells cells_of(const io::ColumnSummary& column, std::size_t n_rows) {
  return {shortened(column.name),
          std::string(core::name_of(column.type)),
          missing_text(column.n_missing, n_rows),
          number_text(column.least),
          number_text(column.greatest),
          column.mean ? core::six_digits_text(*column.mean) : "",
          more_text(column)};
}

std::string aligned(const std::vector<Cells>& rows) {
  std::array<std::size_t, kHead.size()> widths{};
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const Cells& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool is_last = i + 1 == row.size();
      const std::string padding(is_last ? 0 : widths[i] - width_of(row[i]), ' ');
      line += "  " + (i < kLeftAligned ? row[i] + padding : padding + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

core::Value texts(const std::vector<std::string>& values) { return core::ValueList(values.begin(), values.end()); }

core::Value count(std::size_t n) { return static_cast<std::int64_t>(n); }

core::Value column_value(const io::TableSummary& table, const io::ColumnSummary& column) {
  return core::ValueMapping{
      {"event", "column"},
      {"table", table.name},
      {"name", column.name},
      {"type", std::string(core::name_of(column.type))},
      {"missing", count(column.n_missing)},
      {"least", column.least},
      {"greatest", column.greatest},
      {"mean", column.mean ? core::Value(*column.mean) : core::Value()},
      {"categories", count(column.n_categories)},
      {"used_categories", count(column.n_used_categories)},
      {"unit", column.unit},
      {"tags", texts(column.tags)},
  };
}

}  // namespace

std::string info_text(std::span<const io::TableSummary> tables) {
  std::string text;
  for (const io::TableSummary& table : tables) {
    if (!text.empty()) text += '\n';
    text += fmt::format("table '{}': {}, {}, from {}\n\n", table.name, core::counted(table.n_rows, "row"),
                        core::counted(table.columns.size(), "column"), table.source);
    std::vector<Cells> rows(1);
    std::copy(kHead.begin(), kHead.end(), rows.front().begin());
    for (const io::ColumnSummary& column : table.columns) rows.push_back(cells_of(column, table.n_rows));
    text += aligned(rows);
  }
  return text;
}

std::vector<core::Value> info_lines(std::span<const io::TableSummary> tables) {
  std::vector<core::Value> lines;
  for (const io::TableSummary& table : tables) {
    lines.emplace_back(core::ValueMapping{{"event", "table"},
                                          {"name", table.name},
                                          {"source", table.source},
                                          {"rows", count(table.n_rows)},
                                          {"columns", count(table.columns.size())}});
    for (const io::ColumnSummary& column : table.columns) lines.push_back(column_value(table, column));
  }
  return lines;
}

}  // namespace gridmill::cli
