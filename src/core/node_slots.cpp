#include "core/node_slots.hpp"

#include <algorithm>
#include <atomic>
#include <span>
#include <thread>

#include "core/error.hpp"

namespace gridmill::core {

// Both lie in zeroed memory that several processes map: nothing but lock-free atomics and plain numbers, no pointers.
// All zero is their initial state.
struct alignas(64) NodeSlots::Header {
  std::atomic<std::uint32_t> locked;  // guards `clock` and what `join` does; held for less than a microsecond
  std::uint64_t clock;
};

struct alignas(64) NodeSlots::Slot {
  SlotKey key;                         // guarded; fixed while there are holders
  std::uint64_t last_use;              // guarded; 0: never used
  std::atomic<std::uint32_t> holders;  // grows only in `join`
  std::atomic<std::uint32_t> failed;   // a builder threw or did not come back: nobody may rely on the contents
  alignas(64) std::atomic<std::uint64_t> next_piece;
  std::atomic<std::uint64_t> n_built;
};

static_assert(std::atomic<std::uint32_t>::is_always_lock_free && std::atomic<std::uint64_t>::is_always_lock_free);

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kAlignment = 64;

constexpr std::size_t aligned(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

/// Waits for `condition`, soon asleep for most of the time; false if it does not come true in time.
template <typename Condition>
bool wait_for(Condition condition, Clock::duration patience) {
  constexpr int kYields = 32;
  constexpr std::chrono::microseconds kShortest{20};
  constexpr std::chrono::microseconds kLongest{1000};
  const Clock::time_point end = Clock::now() + patience;
  std::chrono::microseconds pause = kShortest;
  for (int miss = 0; !condition(); ++miss) {
    if (Clock::now() >= end) return false;
    if (miss < kYields) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(pause);
      pause = std::min(2 * pause, kLongest);
    }
  }
  return true;
}

/// Holds the lock of the header. A process that dies while it does ends the run, but may not hang it.
class Guard {
 public:
  explicit Guard(std::atomic<std::uint32_t>& locked) : locked_(locked) {
    const auto taken = [&] { return locked_.exchange(1, std::memory_order_acquire) == 0; };
    if (!wait_for(taken, std::chrono::minutes(1))) {
      throw RunError("another rank of this node stopped while it looked for memory that all share");
    }
  }
  ~Guard() { locked_.store(0, std::memory_order_release); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  std::atomic<std::uint32_t>& locked_;
};

}  // namespace

NodeSlots::NodeSlots(NodeMemory& memory, std::string_view purpose, const Shape& shape) : shape_(shape) {
  shape_.slot_bytes = aligned(shape.slot_bytes);
  const std::size_t before = sizeof(Header) + shape_.n_slots * sizeof(Slot);
  const std::span<std::byte> block = memory.allocate(purpose, before + shape_.n_slots * shape_.slot_bytes);
  header_ = reinterpret_cast<Header*>(block.data());
  slots_ = reinterpret_cast<Slot*>(block.data() + sizeof(Header));
  data_ = block.data() + before;
}

std::byte* NodeSlots::data(std::size_t slot) const { return data_ + slot * shape_.slot_bytes; }

std::optional<NodeSlots::Hold> NodeSlots::acquire(const SlotKey& key, const Build& build, const Patience& patience) {
  std::optional<std::size_t> found;
  wait_for([&] { return (found = join(key)).has_value(); },
           n_held_ > 0 ? Clock::duration::zero() : Clock::duration(patience.free));
  if (!found) return std::nullopt;
  Hold hold(this, *found);
  Slot& slot = slots_[*found];
  build_share(slot, data(*found), build);
  const auto failed = [&] { return slot.failed.load(std::memory_order_relaxed) != 0; };
  const auto built = [&] { return slot.n_built.load(std::memory_order_acquire) == shape_.n_pieces; };
  if (!wait_for([&] { return built() || failed(); }, patience.built)) slot.failed.store(1);
  if (!built()) return std::nullopt;
  return hold;
}

std::optional<std::size_t> NodeSlots::join(const SlotKey& key) {
  const Guard guard(header_->locked);
  const std::span<Slot> slots(slots_, shape_.n_slots);
  const auto same = [&](const Slot& slot) { return slot.last_use > 0 && slot.failed.load() == 0 && slot.key == key; };
  auto chosen = std::ranges::find_if(slots, same);
  if (chosen == slots.end()) {
    for (auto slot = slots.begin(); slot != slots.end(); ++slot) {
      // Acquire: whoever let go of it has read its last entry before we write the first.
      if (slot->holders.load(std::memory_order_acquire) > 0) continue;
      if (chosen == slots.end() || slot->last_use < chosen->last_use) chosen = slot;
    }
    if (chosen == slots.end()) return std::nullopt;
    chosen->key = key;
    chosen->failed.store(0);
    chosen->next_piece.store(0);
    chosen->n_built.store(0);
  }
  chosen->last_use = ++header_->clock;
  chosen->holders.fetch_add(1);
  ++n_held_;
  return static_cast<std::size_t>(chosen - slots.begin());
}

void NodeSlots::build_share(Slot& slot, std::byte* data, const Build& build) const {
  try {
    while (slot.next_piece.load() < shape_.n_pieces) {
      const std::uint64_t piece = slot.next_piece.fetch_add(1);
      if (piece >= shape_.n_pieces) break;
      build(piece, data);
      slot.n_built.fetch_add(1, std::memory_order_release);
    }
  } catch (...) {
    slot.failed.store(1);
    throw;
  }
}

void NodeSlots::release(std::size_t slot) {
  slots_[slot].holders.fetch_sub(1, std::memory_order_release);
  --n_held_;
}

}  // namespace gridmill::core
