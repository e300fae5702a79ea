#include "io/store/column_conversion.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/tables/table_source.hpp"
#include "io/text/cell.hpp"
#include "io/text/datetime.hpp"

namespace gridmill::io {

using core::Column;
using core::ColumnType;

namespace {

constexpr double kExact = 9007199254740992;  // 2^53: whole numbers up to it are doubles

bool holds_words(ColumnType type) {
  return type == ColumnType::categorical || type == ColumnType::text || type == ColumnType::key;
}

std::string_view word(const Column& column, const std::vector<std::string>& labels, std::size_t row) {
  if (column.type == ColumnType::categorical) {
    return labels[static_cast<std::size_t>(std::get<Column::Codes>(column.values)[row])];
  }
  return std::get<Column::Texts>(column.values)[row];
}

std::optional<double> number(const Column& column, const std::vector<std::string>& labels, std::size_t row) {
  if (column.type == ColumnType::real) return std::get<Column::Reals>(column.values)[row];
  if (column.type != ColumnType::integer) return parse_real(word(column, labels, row));
  const auto value = static_cast<double>(std::get<Column::Integers>(column.values)[row]);
  return std::abs(value) <= kExact ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> whole_number(const Column& column, const std::vector<std::string>& labels,
                                         std::size_t row) {
  if (column.type != ColumnType::real) return parse_integer(word(column, labels, row));
  const double value = std::get<Column::Reals>(column.values)[row];
  const bool is_whole = std::abs(value) <= kExact && value == std::floor(value);
  return is_whole ? std::optional(static_cast<std::int64_t>(value)) : std::nullopt;
}

/// Says that an entry is there. Columns whose entries can say so themselves have no mask.
void set_present(Column& column, std::size_t row) {
  if (!column.valid.empty()) column.valid[row] = 1;
}

using Codes = std::unordered_map<std::string_view, std::int32_t>;

/// Writes one entry of the result; false if `from` does not say one.
bool take(const Column& from, const std::vector<std::string>& labels, const Codes& codes, std::size_t row, Column& to) {
  const auto put = [&](auto& entries, const auto& entry) {
    if (!entry) return false;
    entries[row] = *entry;
    set_present(to, row);
    return true;
  };
  switch (to.type) {
    case ColumnType::real: return put(std::get<Column::Reals>(to.values), number(from, labels, row));
    case ColumnType::integer: return put(std::get<Column::Integers>(to.values), whole_number(from, labels, row));
    case ColumnType::boolean: return put(std::get<Column::Booleans>(to.values), parse_boolean(word(from, labels, row)));
    case ColumnType::datetime:
      return put(std::get<Column::Integers>(to.values), parse_datetime(word(from, labels, row)));
    case ColumnType::latlong: return put(std::get<Column::Places>(to.values), parse_place(word(from, labels, row)));
    case ColumnType::text:
    case ColumnType::key:
      return put(std::get<Column::Texts>(to.values), std::optional(std::string(word(from, labels, row))));
    case ColumnType::categorical: {
      const auto found = codes.find(word(from, labels, row));
      return put(std::get<Column::Codes>(to.values),
                 found == codes.end() ? std::nullopt : std::optional(found->second));
    }
  }
  GRIDMILL_ASSERT(false, "every type of column can be read");
}

/// All entries missing.
Column nothing_of(const Column& like, ColumnType type, std::size_t n) {
  Column column{.name = like.name, .type = type, .tags = like.tags, .unit = like.unit};
  column = empty_column(column, n);
  switch (type) {
    case ColumnType::real: column.values = Column::Reals(n, std::nan("")); break;
    case ColumnType::latlong: column.values = Column::Places(n, {std::nan(""), std::nan("")}); break;
    case ColumnType::datetime: column.values = Column::Integers(n, core::kMissingTime); break;
    case ColumnType::categorical: column.values = Column::Codes(n, core::kMissingCode); break;
    default: column.valid.assign(n, 0);
  }
  return column;
}

}  // namespace

bool can_be_read_as(ColumnType from, ColumnType to) {
  if (holds_words(from) || from == to) return true;
  return (from == ColumnType::integer && to == ColumnType::real) ||
         (from == ColumnType::real && to == ColumnType::integer);
}

std::string entry_text(const Column& column, const std::vector<std::string>& labels, std::size_t row) {
  if (column.missing(row)) return {};
  switch (column.type) {
    case ColumnType::integer: return std::to_string(std::get<Column::Integers>(column.values)[row]);
    case ColumnType::real: return fmt::format("{}", std::get<Column::Reals>(column.values)[row]);
    case ColumnType::boolean: return std::get<Column::Booleans>(column.values)[row] != 0 ? "True" : "False";
    case ColumnType::datetime: return datetime_text(std::get<Column::Integers>(column.values)[row]);
    case ColumnType::latlong: {
      const auto& place = std::get<Column::Places>(column.values)[row];
      return fmt::format("({}, {})", place[0], place[1]);
    }
    default: return std::string(word(column, labels, row));
  }
}

Column read_as(Column&& column, const std::vector<std::string>& labels, ColumnType type,
               const std::vector<std::string>& categories, std::optional<std::string>& unfit) {
  if (column.type == type) return std::move(column);
  const bool can_be = can_be_read_as(column.type, type);
  Column result = nothing_of(column, type, column.size());
  Codes codes;
  for (const std::string& category : categories) codes.emplace(category, static_cast<std::int32_t>(codes.size()));
  for (std::size_t row = 0; row < column.size(); ++row) {
    if (column.missing(row)) continue;
    if (can_be && take(column, labels, codes, row, result)) continue;
    if (!unfit) unfit = entry_text(column, labels, row);
  }
  if (std::find(result.valid.begin(), result.valid.end(), 0) == result.valid.end()) result.valid.clear();
  return result;
}

}  // namespace gridmill::io
