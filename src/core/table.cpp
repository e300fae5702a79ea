#include "core/table.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace gridmill::core {

std::string_view name_of(ColumnType type) {
  switch (type) {
    case ColumnType::integer: return "integer";
    case ColumnType::real: return "double";
    case ColumnType::boolean: return "boolean";
    case ColumnType::categorical: return "categorical";
    case ColumnType::datetime: return "datetime";
    case ColumnType::text: return "text";
    case ColumnType::latlong: return "latlong";
    case ColumnType::key: return "key";
  }
  GRIDMILL_ASSERT(false, "every column type has a name");
}

std::size_t Column::size() const {
  return std::visit([](const auto& entries) { return entries.size(); }, values);
}

bool Column::missing(std::size_t row) const {
  if (!valid.empty()) return valid[row] == 0;
  switch (type) {
    case ColumnType::real: return std::isnan(std::get<Reals>(values)[row]);
    case ColumnType::categorical: return std::get<Codes>(values)[row] == kMissingCode;
    case ColumnType::datetime: return std::get<Integers>(values)[row] == kMissingTime;
    case ColumnType::latlong: return std::isnan(std::get<Places>(values)[row][0]);
    default: return false;
  }
}

std::size_t Column::n_missing() const {
  std::size_t count = 0;
  for (std::size_t row = 0; row < size(); ++row) count += missing(row) ? 1U : 0U;
  return count;
}

const Column* Table::find(std::string_view column) const {
  const auto it = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == column; });
  return it == columns.end() ? nullptr : &*it;
}

}  // namespace gridmill::core
