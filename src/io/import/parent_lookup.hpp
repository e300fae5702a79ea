#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "io/import/key_column.hpp"
#include "io/import/key_index.hpp"
#include "io/spool/column_spool.hpp"
#include "io/spool/number_list.hpp"
#include "io/spool/row_sorter.hpp"

namespace gridmill::io {

/// What stands in an index column beside keys that are there once.
struct IndexFindings {
  std::size_t n_rows = 0;
  std::size_t n_missing = 0;
  std::size_t first_missing = 0;  // row
  RepeatedKeys repeated;          // if none is missing
};

/// Looks for missing and repeated keys. Memory: that of `space`.
IndexFindings examine_index(KeyReader& keys, SortSpace& space);

/// Finds the row of each key among `parents` (one key a row, each once), or kNoRow where a key is missing or unknown.
///
/// `translated` gives the parent's code for each code of the child, if keys are words; else it is empty. Keys are
/// looked up in an index of the parents, or sorted beside them when that has no room. Memory: that of `space`; then of
/// the spool.
NumberList find_parents(KeyReader& parents, KeyReader& children, std::span<const std::int32_t> translated,
                        ColumnSpool& spool, SortSpace& space);

}  // namespace gridmill::io
