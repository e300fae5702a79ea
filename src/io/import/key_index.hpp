#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/entity_data.hpp"
#include "io/import/key_column.hpp"

namespace gridmill::io {

/// Rows whose key stands in an earlier row, too.
struct RepeatedKeys {
  static constexpr std::size_t kFirst = 5;

  std::size_t n_rows = 0;
  std::vector<std::pair<core::RowId, std::int64_t>> first;  // the first of them, with their keys

  /// Rows may come in any order.
  void add(core::RowId row, std::int64_t key);
};

/// Finds the row of a key: by position where keys are dense, else in a flat hash table.
class KeyIndex {
 public:
  /// Returns the index of keys, one a row (none is missing), or nothing when it would take more than `memory` [bytes].
  static std::optional<KeyIndex> make(KeyReader& keys, std::size_t memory);

  /// Returns the row, or kNoRow; of rows with equal keys the first.
  [[nodiscard]] core::RowId find(std::int64_t key) const {
    if (is_dense_) {
      const std::uint64_t at = static_cast<std::uint64_t>(key) - static_cast<std::uint64_t>(least_);
      return at < rows_.size() ? rows_[at] : core::kNoRow;
    }
    return find_hashed(key);
  }

  [[nodiscard]] const RepeatedKeys& repeated() const { return repeated_; }

 private:
  KeyIndex() = default;
  void fill_dense(std::span<const std::int64_t> keys, std::size_t first_row);
  void fill_hashed(std::span<const std::int64_t> keys, std::size_t first_row);
  [[nodiscard]] std::size_t slot_of(std::int64_t key) const;
  [[nodiscard]] core::RowId find_hashed(std::int64_t key) const;

  bool is_dense_ = true;
  std::int64_t least_ = 0;
  std::vector<core::RowId> rows_;   // by key - least_, or by slot; kNoRow: free
  std::vector<std::int64_t> keys_;  // by slot
  RepeatedKeys repeated_;
};

}  // namespace gridmill::io
