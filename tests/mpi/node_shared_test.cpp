#include "mpi/node_shared.hpp"

#include <algorithm>
#include <atomic>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "mpi_test.hpp"

namespace gridmill::mpi {
namespace {

TEST(node_shared, gives_zeroed_aligned_memory) {
  auto& memory = test::session().memory();
  for (const std::size_t n : {0U, 1U, 100000U, (9U << 20U) + 5}) {
    const auto block = memory.allocate("test", n);
    ASSERT_EQ(block.size(), n);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block.data()) % 64, 0U);
    EXPECT_TRUE(std::ranges::all_of(block, [](std::byte b) { return b == std::byte{0}; }));
  }
}

TEST(node_shared, counts_with_atomics_across_ranks) {
  auto& memory = test::session().memory();
  const auto block = memory.allocate("counter", sizeof(std::atomic<int>));
  auto* counter = reinterpret_cast<std::atomic<int>*>(block.data());
  test::session().transport().barrier();
  for (int i = 0; i < 1000; ++i) counter->fetch_add(1);
  test::session().transport().barrier();
  EXPECT_EQ(counter->load(), 1000 * static_cast<int>(memory.n_sharers()));
  EXPECT_EQ(memory.n_sharers(), test::session().place().n_ranks_on_node);
}

TEST(node_shared, shows_every_byte_to_every_rank) {
  auto& memory = test::session().memory();
  const auto block = memory.allocate("marks", (11U << 20U) + 3);
  const auto mark = [](std::size_t i) { return static_cast<std::byte>(i % 251 + 1); };
  for (std::size_t i = memory.sharer(); i < block.size(); i += memory.n_sharers()) block[i] = mark(i);
  test::session().transport().barrier();
  std::size_t n_wrong = 0;
  for (std::size_t i = 0; i < block.size(); ++i) n_wrong += block[i] == mark(i) ? 0U : 1U;
  EXPECT_EQ(n_wrong, 0U);
}

TEST(node_shared, publishes_the_bytes_of_rank_0) {
  Bytes bytes;
  if (test::session().place().rank == 0) bytes.assign(12345, std::byte{42});
  const auto copy = test::session().memory().publish("data", bytes);
  ASSERT_EQ(copy.size(), 12345U);
  EXPECT_TRUE(std::ranges::all_of(copy, [](std::byte b) { return b == std::byte{42}; }));
}

TEST(node_shared, refuses_more_than_the_node_has_and_names_it) {
  try {
    test::session().memory().allocate("Gram", std::size_t{1} << 60);
    ADD_FAILURE() << "nothing thrown";
  } catch (const core::RunError& error) {
    EXPECT_NE(std::string(error.what()).find("Gram: no "), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace gridmill::mpi
