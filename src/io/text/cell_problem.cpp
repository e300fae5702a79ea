#include "io/text/cell_problem.hpp"

#include <string>

#include <fmt/format.h>

#include "io/text/cell.hpp"
#include "io/text/utf8.hpp"

namespace gridmill::io {
namespace {

using core::ColumnType;

std::string_view expectation(ColumnType type) {
  switch (type) {
    case ColumnType::integer: return "whole numbers within 64 bits";
    case ColumnType::real: return "numbers";
    case ColumnType::boolean: return "true, false, yes, no, t, f, y, n, 1 or 0";
    default: return "latitude and longitude in degrees: 48.1 11.6";
  }
}

std::string_view one_of(ColumnType type) {
  switch (type) {
    case ColumnType::integer: return "a whole number";
    case ColumnType::real: return "a number";
    case ColumnType::boolean: return "a boolean";
    case ColumnType::datetime: return "a date";
    default: return "a place";
  }
}

std::string shortened(std::string_view cell) {
  constexpr std::size_t kShown = 60;  // [bytes]
  std::string shown(cell.substr(0, check_utf8(cell.substr(0, kShown)).n_valid));
  return shown.size() < cell.size() ? shown + "..." : shown;
}

/// The format in which such a text is a time, or one to start from.
std::string_view likely_format(std::string_view cell) {
  const std::string_view whole = cell.substr(0, cell.find('.'));
  const bool is_number = is_whole_number(whole) && parse_real(cell).has_value();
  if (!is_number) return cell.find_first_of("/") == std::string_view::npos ? "%d.%m.%Y" : "%d/%m/%Y";
  if (whole.size() == cell.size() && core::TimeFormat("%Y%m%d").parse(cell) && whole.size() == 8) return "%Y%m%d";
  if (whole.size() == 14 && core::TimeFormat("%Y%m%d%H%M%S").parse(whole)) return "%Y%m%d%H%M%S";
  if (whole.size() == 4 && whole.size() == cell.size() && core::TimeFormat("%Y").parse(cell)) return "%Y";
  if (whole.size() <= 11) return "s";
  if (whole.size() <= 14) return "ms";
  return whole.size() <= 17 ? "us" : "ns";
}

core::Problem time_problem(const core::Location& where, std::string_view cell, const ColumnRule& rule,
                           std::optional<DayOrder> shown) {
  const std::string cell_in_column = fmt::format("'{}' in column '{}'", shortened(cell), rule.name);
  const TimeText read = read_time(cell, {}, ShortYears::everywhere);
  const core::TimeKind kind = rule.time_format ? rule.time_format->read(cell).kind : read.kind;
  if (kind == core::TimeKind::beyond) {
    return {where, cell_in_column + " is out of range",
            "times lie between 1677-09-21 and 2262-04-11; add it to the missing words if it means no value"};
  }
  if (rule.time_format) {
    return {where, cell_in_column + " is not a date",
            fmt::format("expected times written as {}; add it to the missing words if it means no value",
                        rule.time_format->text())};
  }
  if (read.shows && shown && read.shows != shown) {
    const bool day_first = *shown == DayOrder::day_first;
    if (rule.day_order == shown) {
      return {where,
              fmt::format("{} has the {} first, and where the column was first read its dates had the {}",
                          cell_in_column, day_first ? "month" : "day", day_first ? "day" : "month"),
              "a column keeps its order of day and month; write dates as 2020-12-31"};
    }
    return {where,
            fmt::format("{} has the {} first, and cells before it have the {}", cell_in_column,
                        day_first ? "month" : "day", day_first ? "day" : "month"),
            "a column has one order of day and month"};
  }
  const std::string_view format = likely_format(cell);
  const std::string meaning = format == "s" || format == "ms" || format == "us" || format == "ns"
                                  ? fmt::format(" reads numbers as {} since 1970", format)
                                  : " says how it is written";
  return {where, cell_in_column + " is not a date",
          fmt::format(
              "expected dates such as 2024-12-31T23:59:59, 12/31/2024 or 31-Dec-2024; time_format: {{{}: \"{}\"}}{}; "
              "or add it to the missing words if it means no value",
              rule.name, format, meaning)};
}

}  // namespace

core::Problem cell_problem(const core::Location& where, std::string_view cell, const ColumnRule& rule,
                           std::optional<DayOrder> shown, char decimal) {
  const ColumnType type = rule.type.value_or(ColumnType::text);
  if (type == ColumnType::datetime) return time_problem(where, cell, rule, shown);
  const bool is_number = type == ColumnType::integer || type == ColumnType::real;
  const char other = decimal == '.' ? ',' : '.';
  std::string hint = fmt::format("expected {}; add it to the missing words if it means no value", expectation(type));
  if (is_number && cell.find(other) != std::string_view::npos && parse_real(cell, other)) {
    hint = fmt::format("set decimal: \"{}\" if that is its mark", other);
  } else if (type == ColumnType::integer && is_whole_number(cell)) {
    return {
        where,
        fmt::format("'{}' in column '{}' is beyond what integers hold here, -2^63 to 2^63 - 1", shortened(cell),
                    rule.name),
        fmt::format("types: {{{}: categorical}} keeps such numbers exact, as labels, groups and keys; double rounds "
                    "them, as quantities",
                    rule.name)};
  }
  return {where, fmt::format("'{}' in column '{}' is not {}", shortened(cell), rule.name, one_of(type)),
          std::move(hint)};
}

}  // namespace gridmill::io
