#pragma once

#include <cstddef>
#include <functional>

#include "core/table.hpp"
#include "io/spool/column_spool.hpp"
#include "io/spool/number_list.hpp"
#include "io/spool/parsed_table.hpp"
#include "io/store/store.hpp"

namespace gridmill::io {

/// Hands out a column with its rows in the order of `rows`, part after part.
///
/// Memory: a part of some rows; where pieces were set aside, `memory` bytes, and the pieces are read once for each such
/// part.
void each_part_in_order(const ParsedColumn& column, const NumberList& rows, std::size_t memory,
                        const ColumnSpool& spool, const std::function<void(core::Column&&)>& take);

/// Writes the columns of a table into the store's current table, rows in the order of `rows` (source rows; null: as
/// they are), and drops their pieces. Memory: as above.
void write_in_order(const ParsedTable& table, const NumberList* rows, std::size_t memory, ColumnSpool& spool,
                    StoreWriter& writer);

}  // namespace gridmill::io
