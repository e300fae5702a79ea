#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "core/table.hpp"
#include "io/cell.hpp"
#include "io/csv.hpp"

namespace gridmill::io {

/// Turns the cells of one column into its values.
class ColumnCells {
 public:
  /// `prototype` (its categories) and `missing` must outlive it.
  ColumnCells(const core::Column& prototype, std::size_t file_column, const MissingWords& missing, char decimal);

  /// Adds the cells of all rows of a block to `column`.
  /// Errors: UserError with file:line:column, the cell and the column's name when a cell does not fit the type.
  void append(const CsvReader& reader, const CellBlock& block, core::Column& column) const;

 private:
  template <class Values, class Parse>
  void parse_all(const CsvReader& reader, const CellBlock& block, core::Column& column,
                 typename Values::value_type missing_value, Parse parse) const;
  [[noreturn]] void refuse(const core::Location& where, std::string_view cell) const;

  const core::Column& prototype_;
  std::size_t file_column_;
  const MissingWords& missing_;
  char decimal_;
  std::unordered_map<std::string_view, std::int32_t> codes_;  // keys point into the prototype's categories
};

}  // namespace gridmill::io
