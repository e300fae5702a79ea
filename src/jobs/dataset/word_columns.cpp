#include "jobs/dataset/word_columns.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::jobs {

using core::Column;
using core::ColumnType;

namespace {

/// Codes by the order of the values, and a word for each that occurs.
template <class T>
void fill(const Column& column, const std::vector<T>& values, WordArrays& out) {
  std::vector<std::uint32_t> rows;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (!column.missing(row)) rows.push_back(static_cast<std::uint32_t>(row));
  }
  std::ranges::sort(rows, [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
  out.codes.assign(values.size(), core::kMissingCode);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || values[rows[i - 1]] != values[rows[i]]) out.add(label_of(column, rows[i]));
    out.codes[rows[i]] = static_cast<std::int32_t>(out.start.size()) - 2;
  }
}

}  // namespace

bool holds_words(ColumnType type) {
  return type == ColumnType::categorical || type == ColumnType::text || type == ColumnType::key;
}

std::string label_of(const Column& c, std::size_t row) {
  switch (c.type) {
    case ColumnType::integer:
    case ColumnType::datetime: return fmt::format("{}", std::get<Column::Integers>(c.values)[row]);
    case ColumnType::boolean: return std::get<Column::Booleans>(c.values)[row] != 0 ? "True" : "False";
    case ColumnType::real: return fmt::format("{}", std::get<Column::Reals>(c.values)[row]);
    case ColumnType::categorical: return c.categories[static_cast<std::size_t>(std::get<Column::Codes>(c.values)[row])];
    case ColumnType::text:
    case ColumnType::key: return std::get<Column::Texts>(c.values)[row];
    default: GRIDMILL_ASSERT(false, "the column can hold labels");
  }
}

WordArrays words_of(const Column& column) {
  WordArrays out{.name = column.name, .type = column.type, .codes = {}};
  switch (column.type) {
    case ColumnType::categorical:
      out.codes = std::get<Column::Codes>(column.values);
      for (const std::string& word : column.categories) out.add(word);
      break;
    case ColumnType::integer:
    case ColumnType::datetime: fill(column, std::get<Column::Integers>(column.values), out); break;
    case ColumnType::boolean: fill(column, std::get<Column::Booleans>(column.values), out); break;
    case ColumnType::real: fill(column, std::get<Column::Reals>(column.values), out); break;
    case ColumnType::text:
    case ColumnType::key: fill(column, std::get<Column::Texts>(column.values), out); break;
    default: GRIDMILL_ASSERT(false, "the column can hold words");
  }
  return out;
}

}  // namespace gridmill::jobs
