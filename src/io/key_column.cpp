#include "io/key_column.hpp"

#include <cmath>
#include <string_view>
#include <unordered_map>

#include "core/error.hpp"
#include "io/datetime.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

/// Files that have passed through doubles write keys as 17.0.
std::optional<std::int64_t> whole(double value) {
  if (!(std::abs(value) <= kExactIntegers) || value != std::trunc(value)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

void append(const Column& piece, KeyColumn& keys) {
  const std::size_t before = keys.values.size();
  const auto leave_out = [&](std::size_t row) {
    keys.missing.resize(before + piece.size(), false);
    keys.missing[before + row] = true;
    keys.values[before + row] = 0;
  };
  switch (piece.type) {
    case ColumnType::categorical: {
      const auto& codes = std::get<Column::Codes>(piece.values);
      keys.values.insert(keys.values.end(), codes.begin(), codes.end());
      break;
    }
    case ColumnType::real:
      for (const double value : std::get<Column::Reals>(piece.values)) keys.values.push_back(whole(value).value_or(0));
      for (std::size_t row = 0; row < piece.size(); ++row) {
        if (!whole(std::get<Column::Reals>(piece.values)[row])) leave_out(row);
      }
      return;
    default: {
      const auto& integers = std::get<Column::Integers>(piece.values);
      keys.values.insert(keys.values.end(), integers.begin(), integers.end());
    }
  }
  for (std::size_t row = 0; row < piece.size(); ++row) {
    if (piece.missing(row)) leave_out(row);
  }
}

}  // namespace

KeyColumn key_column(const ParsedColumn& column, const ColumnSpool& spool) {
  KeyColumn keys;
  Column scratch;
  for (std::size_t i = 0; i < column.pieces.size(); ++i) {
    if (i == 0) keys.values.reserve(column.pieces.size() * kPieceRows);
    append(piece_of(column, i, spool, scratch), keys);
  }
  if (!keys.missing.empty()) keys.missing.resize(keys.values.size(), false);
  return keys;
}

bool can_be_key(ColumnType type) {
  return type == ColumnType::integer || type == ColumnType::categorical || type == ColumnType::datetime;
}

bool keys_match(ColumnType parent, ColumnType child) {
  return parent == child || (parent == ColumnType::integer && child == ColumnType::real);
}

std::vector<std::int32_t> translate_codes(const std::vector<std::string>& from, const std::vector<std::string>& to) {
  std::unordered_map<std::string_view, std::int32_t> codes;
  for (std::size_t code = 0; code < to.size(); ++code) codes.emplace(to[code], static_cast<std::int32_t>(code));
  std::vector<std::int32_t> translated;
  for (const std::string& word : from) {
    const auto found = codes.find(word);
    translated.push_back(found == codes.end() ? core::kMissingCode : found->second);
  }
  return translated;
}

std::string key_text(const ParsedColumn& column, std::int64_t value) {
  switch (column.prototype.type) {
    case ColumnType::categorical: return column.prototype.categories[static_cast<std::size_t>(value)];
    case ColumnType::datetime: return datetime_text(value);
    default: return std::to_string(value);
  }
}

}  // namespace gridmill::io
