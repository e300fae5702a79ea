#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/entity_data.hpp"

namespace gridmill::io {

/// Finds the row of a key: by position where keys are dense, else in a flat hash table.
class KeyIndex {
 public:
  /// `keys` has one entry a row; of equal ones the first row counts, the others are `duplicates`.
  explicit KeyIndex(std::span<const std::int64_t> keys);

  /// Returns the row, or kNoRow.
  [[nodiscard]] core::RowId find(std::int64_t key) const {
    if (is_dense_) {
      const std::uint64_t at = static_cast<std::uint64_t>(key) - static_cast<std::uint64_t>(least_);
      return at < rows_.size() ? rows_[at] : core::kNoRow;
    }
    return find_hashed(key);
  }

  /// Rows whose key stands in an earlier row, too.
  [[nodiscard]] const std::vector<core::RowId>& duplicates() const { return duplicates_; }

 private:
  void fill_dense(std::span<const std::int64_t> keys);
  void fill_hashed(std::span<const std::int64_t> keys);
  [[nodiscard]] std::size_t slot_of(std::int64_t key) const;
  [[nodiscard]] core::RowId find_hashed(std::int64_t key) const;

  bool is_dense_ = true;
  std::int64_t least_ = 0;
  std::vector<core::RowId> rows_;   // by key - least_, or by slot; kNoRow: free
  std::vector<std::int64_t> keys_;  // by slot
  std::vector<core::RowId> duplicates_;
};

}  // namespace gridmill::io
