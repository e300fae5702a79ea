#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/entity_set.hpp"
#include "core/table.hpp"

namespace gridmill::core {

/// Row of a table, in the order in which it is stored (not the table order). Rows are counted from 0.
using RowId = std::int64_t;
constexpr RowId kNoRow = -1;

/// Rows of one table: a range, or a list in any order, repetitions allowed (kNoRow is not).
struct RowSet {
  RowId first = 0;
  std::size_t n = 0;            // of the range
  std::span<const RowId> list;  // if not empty, instead of the range

  static RowSet range(RowId first, std::size_t n) { return {.first = first, .n = n, .list = {}}; }
  static RowSet of(std::span<const RowId> rows) { return {.first = 0, .n = 0, .list = rows}; }
  [[nodiscard]] std::size_t size() const { return list.empty() ? n : list.size(); }
  [[nodiscard]] RowId operator[](std::size_t i) const { return list.empty() ? first + static_cast<RowId>(i) : list[i]; }
};

/// The rows of an entity set, wherever they are (a store on disk, memory). One object serves one thread.
///
/// Stored order: the children of a parent row under the child's first relationship are contiguous, parents in their
/// stored order, children of one parent in table order; rows without that parent come last. A table without a parent is
/// stored in table order. So a range of parents is a range of children, and of grandchildren. Errors of all members:
/// UserError naming the file when it is damaged, RunError when it cannot be read.
class EntityData {
 public:
  virtual ~EntityData() = default;

  [[nodiscard]] virtual const EntitySet& entity_set() const = 0;

  /// Reads one column of `table` at `rows`; `categories` in it stays empty.
  [[nodiscard]] virtual Column read(TableId table, const std::string& column, const RowSet& rows) const = 0;

  /// Returns what the codes of a categorical column stand for, in the whole table (sorted: see Column); the same object
  /// each time.
  [[nodiscard]] virtual std::shared_ptr<const std::vector<std::string>> categories(TableId table,
                                                                                   const std::string& column) const = 0;

  /// Returns for each parent row of [first, first + n) where its children begin, and the end: n + 1 positions. For the
  /// first relationship of the child they are stored rows of the child; else positions in `children`.
  [[nodiscard]] virtual std::vector<std::int64_t> child_offsets(RelationshipId relationship, RowId first,
                                                                std::size_t n) const = 0;
  /// Says whether children are rows [offset, offset') themselves, so that `children` is the identity.
  [[nodiscard]] virtual bool children_are_contiguous(RelationshipId relationship) const = 0;
  /// Returns the stored rows of the children at positions [first, first + n), each parent's in table order.
  [[nodiscard]] virtual std::vector<RowId> children(RelationshipId relationship, std::int64_t first,
                                                    std::size_t n) const = 0;
  /// Returns the parent row of each row of the child, kNoRow if it has none.
  [[nodiscard]] virtual std::vector<RowId> parents(RelationshipId relationship, const RowSet& rows) const = 0;

  /// Returns stored rows in table order: positions [first, first + n) of it.
  [[nodiscard]] virtual std::vector<RowId> in_table_order(TableId table, RowId first, std::size_t n) const = 0;
  /// Returns the position of each row in table order.
  [[nodiscard]] virtual std::vector<std::int64_t> table_positions(TableId table, const RowSet& rows) const = 0;

  /// Returns the time index of each row, ns since 1970 UTC, kMissingTime if missing. Only for tables with one.
  [[nodiscard]] virtual std::vector<std::int64_t> times(TableId table, const RowSet& rows) const = 0;
  /// Returns the last time index: the latest of the row's own time and those of all its descendants, reached by
  /// relationships that raise last times.
  [[nodiscard]] virtual std::vector<std::int64_t> last_times(TableId table, const RowSet& rows) const = 0;

  /// Returns the row whose index prints as `key`, or kNoRow.
  [[nodiscard]] virtual RowId find_row(TableId table, const std::string& key) const = 0;
};

}  // namespace gridmill::core
