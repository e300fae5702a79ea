#include "mpi/shared_block.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <system_error>

#include <gtest/gtest.h>

namespace gridmill::mpi {
namespace {

using Way = SharedBlock::Way;

constexpr std::size_t kHugePage = std::size_t{2} << 20U;

class shared_block : public testing::TestWithParam<Way> {};

/// A block that only this process maps.
SharedBlock alone(Way way, std::size_t bytes) {
  SharedBlock block = SharedBlock::make(way);
  block.resize(bytes);
  block.map(bytes, 0, 1);
  return block;
}

TEST_P(shared_block, is_the_same_memory_for_all_who_open_it) {
  constexpr std::size_t kBytes = 3 * kHugePage + 12345;
  SharedBlock mine = SharedBlock::make(GetParam());
  SharedBlock other = SharedBlock::open(mine.name());
  mine.resize(kBytes);
  mine.map(kBytes, 0, 2);
  other.map(kBytes, 1, 2);
  ASSERT_EQ(other.bytes().size(), kBytes);
  EXPECT_NE(mine.bytes().data(), other.bytes().data());
  EXPECT_TRUE(std::ranges::all_of(other.bytes(), [](std::byte b) { return b == std::byte{0}; }));
  for (std::size_t i = 0; i < kBytes; i += 1000) mine.bytes()[i] = static_cast<std::byte>(i / 1000 % 255 + 1);
  EXPECT_TRUE(std::ranges::equal(mine.bytes(), other.bytes()));
}

TEST_P(shared_block, is_seen_by_another_process) {
  SharedBlock mine = SharedBlock::make(GetParam());
  mine.resize(100);
  mine.map(100, 0, 1);
  SharedBlock second = SharedBlock::make(GetParam());
  const pid_t child = fork();
  if (child == 0) {
    SharedBlock theirs = SharedBlock::open(second.name());
    theirs.resize(kHugePage);
    theirs.map(kHugePage, 0, 1);
    theirs.bytes()[kHugePage - 1] = std::byte{7};
    mine.bytes()[0] = std::byte{1};
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  second.map(kHugePage, 0, 1);
  EXPECT_EQ(second.bytes()[kHugePage - 1], std::byte{7});
  EXPECT_EQ(mine.bytes()[0], std::byte{1});
}

TEST_P(shared_block, has_no_name_once_it_has_a_size) {
  SharedBlock block = SharedBlock::make(GetParam());
  block.resize(4096);
  block.map(4096, 0, 1);
  EXPECT_FALSE(std::filesystem::exists(block.name().path.data()));
}

TEST_P(shared_block, has_no_name_when_it_is_given_up) {
  SharedBlock::Name name;
  { name = SharedBlock::make(GetParam()).name(); }
  EXPECT_FALSE(std::filesystem::exists(name.path.data()));
}

TEST_P(shared_block, begins_at_a_multiple_of_a_huge_page_if_it_is_large) {
  const SharedBlock block = alone(GetParam(), 2 * kHugePage);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block.bytes().data()) % kHugePage, 0U);
}

TEST_P(shared_block, refuses_another_file_of_that_name) {
  const SharedBlock block = SharedBlock::make(GetParam());
  SharedBlock::Name wrong = block.name();
  ++wrong.inode;
  EXPECT_THROW(SharedBlock::open(wrong), std::system_error);
}

TEST_P(shared_block, reports_a_size_that_the_system_refuses) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{kHugePage, kHugePage};
    setrlimit(RLIMIT_FSIZE, &limit);
    try {
      alone(GetParam(), 4 * kHugePage);
    } catch (const std::system_error& error) {
      _exit(error.code().value() == EFBIG ? 0 : 1);
    }
    _exit(2);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

INSTANTIATE_TEST_SUITE_P(ways, shared_block, testing::Values(Way::process, Way::folder));

}  // namespace
}  // namespace gridmill::mpi
