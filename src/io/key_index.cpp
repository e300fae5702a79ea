#include "io/key_index.hpp"

#include <algorithm>
#include <bit>

namespace gridmill::io {
namespace {

constexpr std::uint64_t kSlotsPerKey = 16;  // a position costs less than a look at a hash table, up to that waste

}  // namespace

KeyIndex::KeyIndex(std::span<const std::int64_t> keys) {
  if (keys.empty()) return;
  const auto [least, greatest] = std::minmax_element(keys.begin(), keys.end());
  least_ = *least;
  const std::uint64_t width = static_cast<std::uint64_t>(*greatest) - static_cast<std::uint64_t>(least_);
  is_dense_ = width / kSlotsPerKey < keys.size();
  if (is_dense_) {
    rows_.assign(width + 1, core::kNoRow);
    fill_dense(keys);
  } else {
    rows_.assign(std::bit_ceil(2 * keys.size()), core::kNoRow);
    keys_.resize(rows_.size());
    fill_hashed(keys);
  }
}

void KeyIndex::fill_dense(std::span<const std::int64_t> keys) {
  for (std::size_t row = 0; row < keys.size(); ++row) {
    core::RowId& place = rows_[static_cast<std::uint64_t>(keys[row]) - static_cast<std::uint64_t>(least_)];
    if (place == core::kNoRow) {
      place = static_cast<core::RowId>(row);
    } else {
      duplicates_.push_back(static_cast<core::RowId>(row));
    }
  }
}

void KeyIndex::fill_hashed(std::span<const std::int64_t> keys) {
  for (std::size_t row = 0; row < keys.size(); ++row) {
    const std::size_t slot = slot_of(keys[row]);
    if (rows_[slot] == core::kNoRow) {
      rows_[slot] = static_cast<core::RowId>(row);
      keys_[slot] = keys[row];
    } else {
      duplicates_.push_back(static_cast<core::RowId>(row));
    }
  }
}

/// Returns where the key stands, or the free slot where it would.
std::size_t KeyIndex::slot_of(std::int64_t key) const {
  std::uint64_t hash = static_cast<std::uint64_t>(key) * 0x9E3779B97F4A7C15U;  // 2^64 over the golden ratio
  hash ^= hash >> 32U;
  std::size_t slot = hash & (rows_.size() - 1);
  while (rows_[slot] != core::kNoRow && keys_[slot] != key) slot = (slot + 1) & (rows_.size() - 1);
  return slot;
}

core::RowId KeyIndex::find_hashed(std::int64_t key) const { return rows_[slot_of(key)]; }

}  // namespace gridmill::io
