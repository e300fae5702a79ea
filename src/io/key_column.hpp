#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/entity_data.hpp"
#include "io/column_spool.hpp"
#include "io/parsed_table.hpp"

namespace gridmill::io {

/// A column as one integer a row: integers and times as they are, codes of categories. Rows are source rows.
struct KeyColumn {
  std::vector<std::int64_t> values;  // 0 where missing
  std::vector<bool> missing;         // empty: none is
};

/// Returns the values of an integer, datetime or categorical column; of one of doubles those that are whole, the
/// others count as missing.
KeyColumn key_column(const ParsedColumn& column, const ColumnSpool& spool);

/// Whether rows can be told apart by such a column, and whether two such columns can be compared.
bool can_be_key(core::ColumnType type);
bool keys_match(core::ColumnType parent, core::ColumnType child);

/// Returns, by code of the child's categories, the code that means the same in the parent's, or kMissingCode.
std::vector<std::int32_t> translate_codes(const std::vector<std::string>& from, const std::vector<std::string>& to);

/// Returns what the value of a row is in words: 17, 2024-02-29, north.
std::string key_text(const ParsedColumn& column, std::int64_t value);

}  // namespace gridmill::io
