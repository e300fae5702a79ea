#include "models/svm/row_slots.hpp"

#include <algorithm>
#include <new>

namespace gridmill::models::svm {

AlignedFloats aligned_floats(std::size_t count) {
  const std::size_t whole = padded(count) + 16;
  auto* memory = static_cast<float*>(std::aligned_alloc(64, whole * sizeof(float)));
  if (memory == nullptr) throw std::bad_alloc();
  std::fill(memory + count, memory + whole, 0.0F);
  return AlignedFloats(memory);
}

RowSlots::RowSlots(std::size_t n_keys, std::size_t row_size, std::size_t bytes)
    : row_size_(row_size),
      capacity_(std::clamp<std::size_t>(bytes / (padded(row_size) * sizeof(float) + sizeof(Entry)), 2, n_keys + 2)),
      slot_of_(n_keys, kNone) {}

RowSlots::Slot RowSlots::claim(std::size_t key) {
  std::uint32_t slot = slot_of_[key];
  const bool fresh = slot == kNone;
  if (fresh && entries_.size() < capacity_) {
    slot = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({key, kNone, kNone, aligned_floats(row_size_)});
  } else {
    if (fresh) {
      slot = oldest_;
      slot_of_[entries_[slot].key] = kNone;
      entries_[slot].key = key;
    }
    unlink(slot);
  }
  slot_of_[key] = slot;
  push_front(slot);
  return {entries_[slot].values.get(), fresh};
}

void RowSlots::unlink(std::uint32_t slot) {
  const Entry& entry = entries_[slot];
  (entry.newer == kNone ? newest_ : entries_[entry.newer].older) = entry.older;
  (entry.older == kNone ? oldest_ : entries_[entry.older].newer) = entry.newer;
}

void RowSlots::push_front(std::uint32_t slot) {
  entries_[slot].newer = kNone;
  entries_[slot].older = newest_;
  (newest_ == kNone ? oldest_ : entries_[newest_].newer) = slot;
  newest_ = slot;
}

}  // namespace gridmill::models::svm
