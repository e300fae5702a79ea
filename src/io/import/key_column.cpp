#include "io/import/key_column.hpp"

#include <cmath>
#include <string_view>
#include <unordered_map>

#include "core/error.hpp"
#include "io/text/datetime.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;

constexpr double kMostExactKey = 9007199254740992.0;  // 2^53

/// Files that have passed through doubles write keys as 17.0.
std::optional<std::int64_t> whole(double value) {
  if (!(std::abs(value) <= kMostExactKey) || value != std::trunc(value)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::vector<std::uint8_t> missing_rows(const ParsedColumn& column, const Column& piece) {
  std::vector<std::uint8_t> missing;
  if (column.n_missing == 0) return missing;
  for (std::size_t row = 0; row < piece.size(); ++row) {
    if (!piece.missing(row)) continue;
    missing.resize(piece.size(), 0);
    missing[row] = 1;
  }
  return missing;
}

}  // namespace

KeyPiece KeyReader::piece(std::size_t index) {
  const Column& piece = piece_of(column_, index, spool_, scratch_);
  if (piece.type == ColumnType::real) {
    const auto& reals = std::get<Column::Reals>(piece.values);
    values_.resize(reals.size());
    KeyPiece keys{.values = values_, .missing = {}};
    for (std::size_t row = 0; row < reals.size(); ++row) {
      const std::optional<std::int64_t> key = whole(reals[row]);
      values_[row] = key.value_or(0);
      if (key) continue;
      keys.missing.resize(reals.size(), 0);
      keys.missing[row] = 1;
    }
    return keys;
  }
  if (piece.type != ColumnType::categorical) {
    return {.values = std::get<Column::Integers>(piece.values), .missing = missing_rows(column_, piece)};
  }
  const auto& codes = std::get<Column::Codes>(piece.values);
  values_.assign(codes.begin(), codes.end());
  return {.values = values_, .missing = missing_rows(column_, piece)};
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
