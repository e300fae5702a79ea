#include "io/files/piece_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scratch_folder.hpp"

namespace gridmill::io {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::vector<std::byte>>;

class PieceFileTest : public ScratchFolder {
 protected:
  void SetUp() override {
    ScratchFolder::SetUp();
    PieceFile::write(file(), 42, strings);
  }
  [[nodiscard]] fs::path file() const { return at("piece"); }
  /// Changes a byte, counted from the end.
  void damage(std::streamoff from_end) const {
    std::fstream stream(file(), std::ios::binary | std::ios::in | std::ios::out);
    stream.seekg(-from_end, std::ios::end);
    const auto byte = static_cast<char>(~stream.get());
    stream.seekp(-from_end, std::ios::end);
    stream.put(byte);
  }

  Strings strings{{std::byte{1}, std::byte{2}}, {}, std::vector<std::byte>(1000, std::byte{7})};
};

TEST_F(PieceFileTest, gives_back_each_string) {
  const auto opened = PieceFile::open(file(), 42, 3);
  ASSERT_TRUE(opened);
  for (std::size_t i = 0; i < strings.size(); ++i) EXPECT_EQ(opened->read(i), strings[i]);
  EXPECT_TRUE(opened->is_whole());
}

TEST_F(PieceFileTest, shows_a_string_where_it_lies) {
  std::optional<MappedString> last;
  {
    const auto opened = PieceFile::open(file(), 42, 3);
    for (std::size_t i = 0; i < strings.size(); ++i) {
      const auto mapped = opened->map(i);
      ASSERT_TRUE(mapped);
      EXPECT_TRUE(std::ranges::equal(mapped->bytes, strings[i]));
      last = mapped;
    }
  }
  EXPECT_TRUE(std::ranges::equal(last->bytes, strings.back()));
  damage(1);
  EXPECT_FALSE(PieceFile::open(file(), 42, 3)->map(2));
}

TEST_F(PieceFileTest, is_opened_by_its_fingerprint_only) {
  EXPECT_FALSE(PieceFile::open(file(), 43, 3));
  EXPECT_FALSE(PieceFile::open(file(), 42, 4));
  EXPECT_FALSE(PieceFile::open(at("other"), 42, 3));
}

TEST_F(PieceFileTest, is_not_opened_when_cut_short) {
  for (const std::uintmax_t size : {0U, 20U, 60U, 1000U}) {
    fs::resize_file(file(), size);
    EXPECT_FALSE(PieceFile::open(file(), 42, 3)) << size;
    PieceFile::write(file(), 42, strings);
  }
}

TEST_F(PieceFileTest, finds_damage_in_a_string) {
  damage(1);
  const auto opened = PieceFile::open(file(), 42, 3);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->read(0), strings[0]);
  EXPECT_FALSE(opened->read(2));
  EXPECT_FALSE(opened->is_whole());
}

TEST_F(PieceFileTest, finds_damage_in_its_index) {
  damage(1002 + 1);
  EXPECT_FALSE(PieceFile::open(file(), 42, 3));
}

}  // namespace
}  // namespace gridmill::io
