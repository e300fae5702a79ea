#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "core/table.hpp"
#include "io/tables/remarks.hpp"

namespace gridmill::io {

/// A table that is read block by block, whatever it is stored in. Its size never matters to the memory needed.
class TableSource {
 public:
  virtual ~TableSource() = default;

  /// Names, types, units, tags and categories of the columns, without rows.
  [[nodiscard]] virtual const core::Table& schema() const = 0;
  [[nodiscard]] virtual std::size_t n_rows() const = 0;
  /// What the user should hear of the source.
  [[nodiscard]] virtual Remarks remarks() const { return {}; }
  /// Reads the rows that follow, exactly `max_rows` unless fewer are left; no rows at the end.
  /// Errors: UserError with file:line:column when a cell does not fit its column's type.
  virtual core::Table next(std::size_t max_rows) = 0;
  /// Passes over the rows that follow.
  virtual void skip(std::size_t n_rows) { (void)next(n_rows); }
};

/// Returns how many rows of so many columns make a block: at most 64 MiB of numbers, between 1,024 and 65,536 rows.
inline std::size_t block_rows(std::size_t n_columns) {
  constexpr std::size_t kBlockCells = std::size_t{1} << 23;
  return std::clamp<std::size_t>(kBlockCells / std::max<std::size_t>(n_columns, 1), 1024, 65536);
}

/// Returns a column like `prototype` with `n_rows` missing or zero entries, of the container its type holds.
core::Column empty_column(const core::Column& prototype, std::size_t n_rows = 0);

/// Returns the type called `name` ("integer", "double", ...), or nothing.
std::optional<core::ColumnType> column_type_named(std::string_view name);

}  // namespace gridmill::io
