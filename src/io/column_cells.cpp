#include "io/column_cells.hpp"

#include <limits>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/datetime.hpp"
#include "io/utf8.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A type that the user gave may be read more widely than one that was inferred.
std::optional<std::uint8_t> parse_given_boolean(std::string_view cell) {
  if (cell == "1" || cell == "0") return cell == "1" ? 1 : 0;
  const std::optional<bool> value = parse_boolean(cell);
  return value ? std::optional<std::uint8_t>(*value ? 1 : 0) : std::nullopt;
}

std::string_view expectation(ColumnType type) {
  switch (type) {
    case ColumnType::integer: return "whole numbers within 64 bits";
    case ColumnType::real: return "numbers";
    case ColumnType::boolean: return "true, false, 1 or 0";
    case ColumnType::datetime: return "2024-12-31T23:59:59 or 12/31/2024 23:59";
    case ColumnType::latlong: return "latitude and longitude in degrees: 48.1 11.6";
    default: return "words seen when the file was read first";
  }
}

std::string_view one_of(ColumnType type) {
  switch (type) {
    case ColumnType::integer: return "a whole number";
    case ColumnType::real: return "a number";
    case ColumnType::boolean: return "a boolean";
    case ColumnType::datetime: return "a date";
    case ColumnType::latlong: return "a place";
    default: return core::name_of(type);
  }
}

}  // namespace

ColumnCells::ColumnCells(const Column& prototype, std::size_t file_column, const MissingWords& missing, char decimal)
    : prototype_(prototype), file_column_(file_column), missing_(missing), decimal_(decimal) {
  for (std::size_t code = 0; code < prototype.categories.size(); ++code) {
    codes_.emplace(prototype.categories[code], static_cast<std::int32_t>(code));
  }
}

template <class Values, class Parse>
void ColumnCells::parse_all(const CsvReader& reader, const CellBlock& block, Column& column,
                            typename Values::value_type missing_value, Parse parse) const {
  auto& values = std::get<Values>(column.values);
  std::string scratch;
  const bool has_mask = column.type == ColumnType::integer || column.type == ColumnType::boolean ||
                        column.type == ColumnType::text || column.type == ColumnType::key;
  for (std::size_t row = 0; row < block.n_rows(); ++row) {
    const std::string_view cell = block.cell(row, file_column_, scratch);
    if (missing_.contains(cell)) {
      if (has_mask) {
        column.valid.resize(values.size(), 1);
        column.valid.push_back(0);
      }
      values.push_back(missing_value);
      continue;
    }
    auto value = parse(cell);
    if (!value) refuse(reader.location(row, file_column_), cell);
    values.push_back(*std::move(value));
  }
  if (!column.valid.empty()) column.valid.resize(values.size(), 1);
}

void ColumnCells::append(const CsvReader& reader, const CellBlock& block, Column& column) const {
  switch (column.type) {
    case ColumnType::integer: return parse_all<Column::Integers>(reader, block, column, 0, &parse_integer);
    case ColumnType::real:
      return parse_all<Column::Reals>(reader, block, column, kNaN,
                                      [this](std::string_view cell) { return parse_real(cell, decimal_); });
    case ColumnType::boolean: return parse_all<Column::Booleans>(reader, block, column, 0, &parse_given_boolean);
    case ColumnType::datetime:
      return parse_all<Column::Integers>(reader, block, column, core::kMissingTime, &parse_datetime);
    case ColumnType::latlong: return parse_all<Column::Places>(reader, block, column, {kNaN, kNaN}, &parse_place);
    case ColumnType::categorical:
      return parse_all<Column::Codes>(reader, block, column, core::kMissingCode, [this](std::string_view cell) {
        const auto found = codes_.find(cell);
        return found == codes_.end() ? std::nullopt : std::optional(found->second);
      });
    case ColumnType::text:
    case ColumnType::key:
      return parse_all<Column::Texts>(reader, block, column, {},
                                      [](std::string_view cell) { return std::optional(std::string(cell)); });
  }
}

void ColumnCells::refuse(const core::Location& where, std::string_view cell) const {
  constexpr std::size_t kShown = 60;  // [bytes]
  std::string shown(cell.substr(0, check_utf8(cell.substr(0, kShown)).n_valid));
  if (shown.size() < cell.size()) shown += "...";
  throw core::UserError(core::Problem{
      where, fmt::format("'{}' in column '{}' is not {}", shown, prototype_.name, one_of(prototype_.type)),
      fmt::format("expected {}; add it to the missing words if it means no value", expectation(prototype_.type))});
}

}  // namespace gridmill::io
