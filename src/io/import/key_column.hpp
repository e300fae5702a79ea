#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/entity_data.hpp"
#include "io/spool/column_spool.hpp"
#include "io/spool/parsed_table.hpp"

namespace gridmill::io {

/// Some rows of a column as one integer each.
struct KeyPiece {
  std::span<const std::int64_t> values;  // of rows without one: anything
  std::vector<std::uint8_t> missing;     // 1 = no value; empty: all have one
};

/// Reads an integer, datetime or categorical column (codes), or one of doubles of which those that are whole count and
/// the others are missing, piece by piece.
class KeyReader {
 public:
  KeyReader(const ParsedColumn& column, const ColumnSpool& spool) : column_(column), spool_(spool) {}

  [[nodiscard]] std::size_t n_pieces() const { return column_.pieces.size(); }
  [[nodiscard]] std::size_t n_rows_at_most() const { return n_pieces() * kPieceRows; }
  /// Returns rows [index * kPieceRows, ...), valid until the next call.
  KeyPiece piece(std::size_t index);

 private:
  const ParsedColumn& column_;
  const ColumnSpool& spool_;
  core::Column scratch_;
  std::vector<std::int64_t> values_;
};

/// Whether rows can be told apart by such a column, and whether two such columns can be compared.
bool can_be_key(core::ColumnType type);
bool keys_match(core::ColumnType parent, core::ColumnType child);

/// Returns, by code of the child's categories, the code that means the same in the parent's, or kMissingCode.
std::vector<std::int32_t> translate_codes(const std::vector<std::string>& from, const std::vector<std::string>& to);

/// Returns what the value of a row is in words: 17, 2024-02-29, north.
std::string key_text(const ParsedColumn& column, std::int64_t value);

}  // namespace gridmill::io
