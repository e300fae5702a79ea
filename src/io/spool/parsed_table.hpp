#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/table.hpp"
#include "io/spool/column_spool.hpp"
#include "io/tables/remarks.hpp"
#include "io/tables/table_source.hpp"

namespace gridmill::io {

/// Rows of one piece of a parsed column; the last piece may have fewer.
constexpr std::size_t kPieceRows = std::size_t{1} << 16;

/// One column of a table that has been read to its end, in pieces that stand in a spool.
struct ParsedColumn {
  core::Column prototype;  // without rows; its categories are sorted
  std::vector<ColumnSpool::PieceId> pieces;
  std::vector<std::int32_t> recode;  // categorical: from the codes in the pieces to those of `prototype`; empty: equal
  std::size_t n_missing = 0;
  std::string time_format = {};  // see time_writing.hpp
};

/// Returns a piece with its final codes, in `scratch` if it needs one.
const core::Column& piece_of(const ParsedColumn& column, std::size_t index, const ColumnSpool& spool,
                             core::Column& scratch);

/// A table of which every row has been read.
struct ParsedTable {
  std::string name;
  std::string source;
  std::size_t n_rows = 0;
  std::vector<ParsedColumn> columns;
  Remarks remarks = {};

  [[nodiscard]] core::Table schema() const;
  /// Returns the column called `column`, or null.
  [[nodiscard]] const ParsedColumn* find(std::string_view column) const;
};

/// Reads a source to its end.
ParsedTable read_to_end(TableSource& source, ColumnSpool& spool);

/// Returns the table as a source again, which frees what it has handed out.
std::unique_ptr<TableSource> as_source(ParsedTable table, std::unique_ptr<ColumnSpool> spool);

/// Appends rows [first, first + n) of `part` to `column`, of the same type.
void append_rows(const core::Column& part, std::size_t first, std::size_t n, core::Column& column);

}  // namespace gridmill::io
