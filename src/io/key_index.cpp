#include "io/key_index.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace gridmill::io {
namespace {

constexpr std::uint64_t kSlotsPerKey = 16;  // a position costs less than a look at a hash table, up to that waste

template <class Take>
void each_piece(const NumberList& list, Take take) {
  core::Column scratch;
  for (std::size_t i = 0; i < list.n_pieces(); ++i) take(list.piece(i, scratch), i * kPieceRows);
}

}  // namespace

void RepeatedKeys::add(core::RowId row, std::int64_t key) {
  ++n_rows;
  if (first.size() == kFirst && row > first.back().first) return;
  first.emplace_back(row, key);
  std::inplace_merge(first.begin(), first.end() - 1, first.end());
  if (first.size() > kFirst) first.pop_back();
}

std::optional<KeyIndex> KeyIndex::make(const NumberList& keys, std::size_t memory) {
  KeyIndex index;
  if (keys.size() == 0) return index;
  index.least_ = std::numeric_limits<std::int64_t>::max();
  each_piece(keys, [&](std::span<const std::int64_t> piece, std::size_t) {
    index.least_ = std::min(index.least_, *std::min_element(piece.begin(), piece.end()));
  });
  const std::uint64_t width = static_cast<std::uint64_t>(keys.max()) - static_cast<std::uint64_t>(index.least_);
  index.is_dense_ = width / kSlotsPerKey < keys.size();
  const std::uint64_t n_slots = index.is_dense_ ? width + 1 : std::bit_ceil(2 * keys.size());
  if (n_slots > memory / (index.is_dense_ ? sizeof(core::RowId) : sizeof(core::RowId) + sizeof(std::int64_t))) {
    return std::nullopt;
  }
  index.rows_.assign(n_slots, core::kNoRow);
  if (!index.is_dense_) index.keys_.resize(n_slots);
  each_piece(keys, [&](std::span<const std::int64_t> piece, std::size_t first_row) {
    index.is_dense_ ? index.fill_dense(piece, first_row) : index.fill_hashed(piece, first_row);
  });
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
