#include "io/import/key_index.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace gridmill::io {
namespace {

constexpr std::uint64_t kSlotsPerKey = 16;  // a position costs less than a look at a hash table, up to that waste

}  // namespace

void RepeatedKeys::add(core::RowId row, std::int64_t key) {
  ++n_rows;
  if (first.size() == kFirst && row > first.back().first) return;
  first.emplace_back(row, key);
  std::inplace_merge(first.begin(), first.end() - 1, first.end());
  if (first.size() > kFirst) first.pop_back();
}

std::optional<KeyIndex> KeyIndex::make(KeyReader& keys, std::size_t memory) {
  KeyIndex index;
  std::size_t n_keys = 0;
  index.least_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t greatest = std::numeric_limits<std::int64_t>::min();
  for (std::size_t i = 0; i < keys.n_pieces(); ++i) {
    for (const std::int64_t key : keys.piece(i).values) {
      index.least_ = std::min(index.least_, key);
      greatest = std::max(greatest, key);
      ++n_keys;
    }
  }
  if (n_keys == 0) return index;
  const std::uint64_t width = static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(index.least_);
  index.is_dense_ = width / kSlotsPerKey < n_keys;
  const std::uint64_t n_slots = index.is_dense_ ? width + 1 : std::bit_ceil(2 * n_keys);
  if (n_slots > memory / (index.is_dense_ ? sizeof(core::RowId) : sizeof(core::RowId) + sizeof(std::int64_t))) {
    return std::nullopt;
  }
  index.rows_.assign(n_slots, core::kNoRow);
  if (!index.is_dense_) index.keys_.resize(n_slots);
  for (std::size_t i = 0; i < keys.n_pieces(); ++i) {
    const std::span<const std::int64_t> piece = keys.piece(i).values;
    index.is_dense_ ? index.fill_dense(piece, i * kPieceRows) : index.fill_hashed(piece, i * kPieceRows);
  }
  return index;
}

void KeyIndex::fill_dense(std::span<const std::int64_t> keys, std::size_t first_row) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    core::RowId& place = rows_[static_cast<std::uint64_t>(keys[i]) - static_cast<std::uint64_t>(least_)];
    if (place == core::kNoRow) {
      place = static_cast<core::RowId>(first_row + i);
    } else {
      repeated_.add(static_cast<core::RowId>(first_row + i), keys[i]);
    }
  }
}

void KeyIndex::fill_hashed(std::span<const std::int64_t> keys, std::size_t first_row) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::size_t slot = slot_of(keys[i]);
    if (rows_[slot] == core::kNoRow) {
      rows_[slot] = static_cast<core::RowId>(first_row + i);
      keys_[slot] = keys[i];
    } else {
      repeated_.add(static_cast<core::RowId>(first_row + i), keys[i]);
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
