#pragma once

#include <span>

#include "core/entity_data.hpp"
#include "io/column_spool.hpp"
#include "io/parsed_table.hpp"
#include "io/store.hpp"

namespace gridmill::io {

/// Writes the columns of a table into the store's current table, rows in the order of `rows` (source rows; empty: as
/// they are), and drops their pieces.
///
/// Memory: a column of some rows; of pieces that were set aside at most `memory` bytes are gathered at a time, and the
/// pieces read once for each such part.
void write_in_order(const ParsedTable& table, std::span<const core::RowId> rows, std::size_t memory, ColumnSpool& spool,
                    StoreWriter& writer);

}  // namespace gridmill::io
