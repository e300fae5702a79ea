#include "core/node_slots.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace gridmill::core {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPieces = 200;
constexpr std::size_t kSharers = 4;

/// Threads in place of ranks: each has its own object, all get the same blocks in the same order.
class ThreadsMemory final : public NodeMemory {
 public:
  struct Blocks {
    std::mutex mutex;
    HeapMemory heap;
    std::map<std::size_t, std::span<std::byte>> by_call;
  };
  ThreadsMemory(Blocks& blocks, std::size_t sharer) : blocks_(blocks), sharer_(sharer) {}

  std::span<std::byte> allocate(std::string_view purpose, std::size_t bytes) override {
    const std::lock_guard lock(blocks_.mutex);
    auto& block = blocks_.by_call[n_calls_++];
    if (block.empty()) block = blocks_.heap.allocate(purpose, bytes);
    return block;
  }
  [[nodiscard]] std::size_t n_sharers() const override { return kSharers; }
  [[nodiscard]] std::size_t sharer() const override { return sharer_; }

 private:
  Blocks& blocks_;
  std::size_t sharer_;
  std::size_t n_calls_ = 0;
};

SlotKey key_of(std::uint64_t value) { return {7, value, 0, 3}; }

std::uint64_t content(std::uint64_t key, std::size_t piece) { return key * 1000003 + piece; }

NodeSlots::Build builder_of(std::uint64_t key, std::atomic<int>* n_built = nullptr) {
  return [=](std::size_t piece, std::byte* data) {
    const std::uint64_t value = content(key, piece);
    std::memcpy(data + piece * sizeof(value), &value, sizeof(value));
    if (n_built != nullptr) n_built->fetch_add(1);
  };
}

bool holds(const NodeSlots::Hold& hold, std::uint64_t key) {
  for (std::size_t piece = 0; piece < kPieces; ++piece) {
    const std::uint64_t expected = content(key, piece);
    if (std::memcmp(hold.data() + piece * sizeof(expected), &expected, sizeof(expected)) != 0) return false;
  }
  return true;
}

/// Several sharers of the same slots.
class NodeSlotsTest : public testing::Test {
 protected:
  NodeSlots& sharer(std::size_t index, std::size_t n_slots) {
    while (sharers_.size() <= index) {
      memories_.push_back(std::make_unique<ThreadsMemory>(blocks_, sharers_.size()));
      sharers_.push_back(std::make_unique<NodeSlots>(
          *memories_.back(), "test",
          NodeSlots::Shape{.n_slots = n_slots, .slot_bytes = kPieces * sizeof(std::uint64_t), .n_pieces = kPieces}));
    }
    return *sharers_[index];
  }

  template <typename Work>
  void on_all(std::size_t n_slots, Work work) {
    sharer(kSharers - 1, n_slots);
    std::vector<std::thread> threads;
    for (std::size_t s = 0; s < kSharers; ++s) threads.emplace_back([&, s] { work(*sharers_[s], s); });
    for (std::thread& thread : threads) thread.join();
  }

 private:
  ThreadsMemory::Blocks blocks_;
  std::vector<std::unique_ptr<ThreadsMemory>> memories_;
  std::vector<std::unique_ptr<NodeSlots>> sharers_;
};

TEST_F(NodeSlotsTest, builds_each_piece_once_for_all_who_ask) {
  std::atomic<int> n_built{0};
  on_all(1, [&](NodeSlots& slots, std::size_t) {
    const auto hold = slots.acquire(key_of(1), builder_of(1, &n_built), {.free = 60s});
    ASSERT_TRUE(hold);
    EXPECT_TRUE(holds(*hold, 1));
  });
  EXPECT_EQ(n_built, static_cast<int>(kPieces));
}

TEST_F(NodeSlotsTest, never_shows_other_contents_than_those_asked_for) {
  for (const std::size_t n_slots : {1U, 2U, 3U}) {
    on_all(n_slots, [&](NodeSlots& slots, std::size_t who) {
      for (std::uint64_t step = 0; step < 60; ++step) {
        const std::uint64_t key = (step * (who + 1) + who) % 5;
        const auto hold = slots.acquire(key_of(key), builder_of(key), {.free = 60s});
        ASSERT_TRUE(hold);
        for (int look = 0; look < 3; ++look) ASSERT_TRUE(holds(*hold, key));
      }
    });
  }
}

TEST_F(NodeSlotsTest, keeps_what_was_built_until_the_slot_is_needed) {
  NodeSlots& slots = sharer(0, 2);
  std::atomic<int> n_built{0};
  for (const std::uint64_t key : {1U, 2U, 1U, 2U, 3U, 2U}) {
    EXPECT_TRUE(slots.acquire(key_of(key), builder_of(key, &n_built), {}));
  }
  EXPECT_EQ(n_built, static_cast<int>(3 * kPieces));  // 3 took the place of 1, the longest unused
  EXPECT_TRUE(slots.acquire(key_of(1), builder_of(1, &n_built), {}));
  EXPECT_EQ(n_built, static_cast<int>(4 * kPieces));
}

TEST_F(NodeSlotsTest, tells_keys_apart_by_every_number) {
  NodeSlots& slots = sharer(0, 1);
  std::atomic<int> n_built{0};
  for (std::size_t part = 0; part < 4; ++part) {
    SlotKey key{};
    key[part] = 1;
    EXPECT_TRUE(slots.acquire(key, builder_of(part, &n_built), {}));
  }
  EXPECT_EQ(n_built, static_cast<int>(4 * kPieces));
}

TEST_F(NodeSlotsTest, gives_up_after_a_while_when_another_holds_the_only_slot) {
  NodeSlots& mine = sharer(0, 1);
  NodeSlots& other = sharer(1, 1);
  auto kept = other.acquire(key_of(1), builder_of(1), {});
  EXPECT_FALSE(mine.acquire(key_of(2), builder_of(2), {.free = 20ms}));
  EXPECT_TRUE(mine.acquire(key_of(1), builder_of(1), {}));
  kept.reset();
  EXPECT_TRUE(mine.acquire(key_of(2), builder_of(2), {}));
}

TEST_F(NodeSlotsTest, gets_the_slot_as_soon_as_the_other_leaves) {
  NodeSlots& mine = sharer(0, 1);
  auto kept = sharer(1, 1).acquire(key_of(1), builder_of(1), {});
  std::atomic<bool> asks{false};
  std::thread waiting([&] {
    asks = true;
    const auto hold = mine.acquire(key_of(2), builder_of(2), {.free = 60s});
    ASSERT_TRUE(hold);
    EXPECT_TRUE(holds(*hold, 2));
  });
  while (!asks) std::this_thread::yield();
  kept.reset();
  waiting.join();
}

TEST_F(NodeSlotsTest, does_not_wait_while_it_holds_one_itself) {
  NodeSlots& slots = sharer(0, 1);
  const auto kept = slots.acquire(key_of(1), builder_of(1), {});
  EXPECT_FALSE(slots.acquire(key_of(2), builder_of(2), {.free = 24h}));
}

TEST_F(NodeSlotsTest, gives_up_on_a_builder_that_does_not_come_back_and_builds_anew_later) {
  NodeSlots& stuck = sharer(0, 1);
  NodeSlots& mine = sharer(1, 1);
  std::atomic<bool> has_piece{false};
  std::atomic<bool> may_go_on{false};
  std::thread slow([&] {
    const auto build = [&](std::size_t piece, std::byte* data) {
      if (piece == 0) {
        has_piece = true;
        while (!may_go_on) std::this_thread::yield();
      }
      builder_of(1)(piece, data);
    };
    (void)stuck.acquire(key_of(1), build, {});
  });
  while (!has_piece) std::this_thread::yield();
  EXPECT_FALSE(mine.acquire(key_of(1), builder_of(1), {.built = 20ms}));
  may_go_on = true;
  slow.join();
  std::atomic<int> n_built{0};
  const auto hold = mine.acquire(key_of(1), builder_of(1, &n_built), {});
  ASSERT_TRUE(hold);
  EXPECT_TRUE(holds(*hold, 1));
  EXPECT_EQ(n_built, static_cast<int>(kPieces));
}

TEST_F(NodeSlotsTest, is_built_anew_after_a_builder_threw) {
  NodeSlots& slots = sharer(0, 1);
  const auto fail = [](std::size_t, std::byte*) { throw std::runtime_error("no"); };
  EXPECT_THROW((void)slots.acquire(key_of(1), fail, {}), std::runtime_error);
  const auto hold = slots.acquire(key_of(1), builder_of(1), {});
  ASSERT_TRUE(hold);
  EXPECT_TRUE(holds(*hold, 1));
}

}  // namespace
}  // namespace gridmill::core
