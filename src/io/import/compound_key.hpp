#pragma once

#include <span>
#include <string>
#include <vector>

#include "io/spool/column_spool.hpp"
#include "io/spool/parsed_table.hpp"

namespace gridmill::io {

/// A column that is made of others: what they hold together, as one key.
struct CompoundKey {
  std::string name;  // core::joined_key of the columns
  std::vector<std::string> columns;
};

/// Makes the columns: categories, core::joined_key of the values of each row in words ("JFK, 2013-01-01T05:00:00Z");
/// missing where one of them is. The parts can be keys (can_be_key), or are of doubles, of which whole ones count.
/// The index comes first, other keys last; one that is there already stays. Memory: a piece of each part; the distinct
/// words.
void make_compound_keys(std::span<const CompoundKey> keys, const std::string& index, ParsedTable& table,
                        ColumnSpool& spool);

/// Replaces an index that numbers the rows from 0, and the key of `from` by the same name, by the words of the key.
/// Memory: as above, and 4 bytes a row of `table`.
void name_by_values(const CompoundKey& index, ParsedTable& table, ParsedTable& from, ColumnSpool& spool);

}  // namespace gridmill::io
