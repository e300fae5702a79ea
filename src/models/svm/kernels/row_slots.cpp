#include "models/svm/kernels/row_slots.hpp"

#include <algorithm>
#include <utility>

namespace gridmill::models::svm {

namespace {

constexpr std::size_t kSlab = (std::size_t{1} << 20U) - 16;  // floats: with what is behind them, 4 MiB
constexpr std::size_t kLeastRows = 16;  // a slab, so that little of it is left over where rows are long

}  // namespace

void RowSlots::reset(std::size_t n_keys, std::size_t row_size, std::size_t bytes) {
  row_size_ = row_size;
  stride_ = padded(row_size) + 16;  // neighbours in other sets of the cache, and room for vector loads
  capacity_ = std::clamp<std::size_t>(bytes / (stride_ * sizeof(float)), 2, std::max<std::size_t>(2, n_keys));
  const std::size_t needed = std::min(capacity_, std::max(kLeastRows, kSlab / stride_)) * stride_;
  if (needed > slab_size_) {
    slabs_.clear();
    slab_size_ = needed;
  }
  rows_per_slab_ = slab_size_ / stride_;
  slot_of_.assign(n_keys, kNone);
  entries_.clear();
  newest_ = oldest_ = kNone;
}

void RowSlots::take(AlignedFloats memory, std::size_t floats) {
  slabs_.clear();
  slabs_.push_back(std::move(memory));
  slab_size_ = floats;
}

AlignedFloats RowSlots::release() {
  AlignedFloats memory = std::move(slabs_.front());
  slabs_.clear();
  slab_size_ = 0;
  return memory;
}

RowSlots::Slot RowSlots::claim(std::size_t key) {
  std::uint32_t slot = slot_of_[key];
  const bool fresh = slot == kNone;
  if (fresh && entries_.size() < capacity_) {
    slot = add(key);
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
  return {values(slot), fresh};
}

std::uint32_t RowSlots::add(std::size_t key) {
  const auto slot = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({key, kNone, kNone});
  if (slot / rows_per_slab_ == slabs_.size()) slabs_.push_back(aligned_floats(slab_size_));
  std::fill_n(values(slot) + row_size_, stride_ - row_size_, 0.0F);
  return slot;
}

float* RowSlots::values(std::uint32_t slot) const {
  return slabs_[slot / rows_per_slab_].get() + slot % rows_per_slab_ * stride_;
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
