#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "core/node_memory.hpp"

namespace gridmill::core {

/// What a slot holds, in full: equal keys mean equal contents.
using SlotKey = std::array<std::uint64_t, 4>;

/// A few large blocks in the memory of a node, for what all of its ranks would otherwise make alike, each for itself.
/// What a block holds is its user's own affair and known by its key. Whoever asks for contents that are not there
/// builds them, together with all others who ask meanwhile: piece by piece, each piece by one of them.
///
/// A block is given new contents only when nobody holds it, the one longest unused first. Waiting is asleep and
/// bounded. One object a process (or thread); not thread-safe itself.
class NodeSlots {
 public:
  struct Shape {
    std::size_t n_slots = 1;
    std::size_t slot_bytes = 0;
    std::size_t n_pieces = 1;  // of the contents of one slot; each is built on its own
  };

  /// Collective over the sharers of `memory`, which must outlive this. Errors: RunError as NodeMemory::allocate.
  NodeSlots(NodeMemory& memory, std::string_view purpose, const Shape& shape);

  /// Keeps the contents of a slot while it lives; must not outlive its NodeSlots.
  class Hold {
   public:
    Hold(Hold&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)), slot_(other.slot_) {}
    Hold& operator=(Hold&&) = delete;
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() {
      if (slots_ != nullptr) slots_->release(slot_);
    }
    [[nodiscard]] std::byte* data() const { return slots_->data(slot_); }

   private:
    friend class NodeSlots;
    Hold(NodeSlots* slots, std::size_t slot) : slots_(slots), slot_(slot) {}
    NodeSlots* slots_;
    std::size_t slot_;
  };

  struct Patience {
    std::chrono::milliseconds free{0};       // until some slot is held by nobody
    std::chrono::milliseconds built{60000};  // until others have built the pieces they took
  };
  using Build = std::function<void(std::size_t piece, std::byte* data)>;

  /// Returns the contents of `key`, built if need be; nothing when patience ends or another builder failed.
  ///
  /// One who holds a slot already never waits for a free one: two such could wait for each other.
  /// Errors: what `build` throws; those who build with it get nothing then.
  std::optional<Hold> acquire(const SlotKey& key, const Build& build, const Patience& patience);

 private:
  struct Header;
  struct Slot;

  /// Finds or claims a slot and counts this as its holder; nothing if all are held with other contents.
  std::optional<std::size_t> join(const SlotKey& key);
  void build_share(Slot& slot, std::byte* data, const Build& build) const;
  void release(std::size_t slot);
  [[nodiscard]] std::byte* data(std::size_t slot) const;

  Shape shape_;
  Header* header_ = nullptr;
  Slot* slots_ = nullptr;
  std::byte* data_ = nullptr;
  std::size_t n_held_ = 0;  // by this process
};

}  // namespace gridmill::core
