#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "io/spool/column_spool.hpp"
#include "io/spool/parsed_table.hpp"

namespace gridmill::io {

/// Integers, one a row, in pieces of kPieceRows that stand in a spool: in memory as long as they fit. Written once from
/// the front, then closed, then read piece by piece. Movable; the spool must outlive it.
class NumberList {
 public:
  explicit NumberList(ColumnSpool& spool);

  void append(std::int64_t number) {
    max_ = std::max(max_, number);
    is_identity_ = is_identity_ && number == static_cast<std::int64_t>(size_);
    begun_.push_back(number);
    if (++size_ % kPieceRows == 0) flush();
  }
  void append(std::span<const std::int64_t> numbers) {
    for (const std::int64_t number : numbers) append(number);
  }
  /// Ends the list, which may now be read.
  void close();

  [[nodiscard]] std::size_t size() const { return size_; }
  /// The greatest number; the least int64 of an empty list.
  [[nodiscard]] std::int64_t max() const { return max_; }
  /// Whether every number is its own position.
  [[nodiscard]] bool is_identity() const { return is_identity_; }

  [[nodiscard]] std::size_t n_pieces() const { return column_.pieces.size(); }
  /// Returns numbers [index * kPieceRows, ...), read into `scratch` if they were set aside.
  [[nodiscard]] std::span<const std::int64_t> piece(std::size_t index, core::Column& scratch) const;
  /// Returns numbers [first, first + n).
  [[nodiscard]] std::vector<std::int64_t> range(std::size_t first, std::size_t n) const;
  /// The same list as a column.
  [[nodiscard]] const ParsedColumn& column() const { return column_; }

  /// Frees all numbers.
  void drop();

 private:
  void flush();

  ColumnSpool* spool_;
  ParsedColumn column_;
  std::vector<std::int64_t> begun_;  // the piece that is being filled
  std::size_t size_ = 0;
  std::int64_t max_ = std::numeric_limits<std::int64_t>::min();
  bool is_identity_ = true;
};

}  // namespace gridmill::io
