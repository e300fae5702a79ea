#include "io/files/trailing_checksum.hpp"

#include <array>
#include <cstdlib>
#include <random>

#include "core/error.hpp"
#include "io/files/text_checksum.hpp"
#include "io/files/trial.hpp"
#include "scratch_folder.hpp"

namespace gridmill::io {
namespace {

using Checked = ScratchFolder;

std::string noise(std::size_t n) {
  std::mt19937 random(7);
  std::string bytes(n, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::string flipped(std::string bytes, std::size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 4);
  return bytes;
}

TEST_F(Checked, finds_each_changed_byte) {
  for (const std::size_t n : {0UL, 1UL, 65'536UL, 200'000UL}) {
    const auto path = put("file", noise(n));
    EXPECT_EQ(compare_checksum(path), TrailingChecksum::none);
    append_checksum(path, std::array{FilePiece{.offset = 10, .n_bytes = 170'000}});
    EXPECT_EQ(compare_checksum(path), TrailingChecksum::right);
    const std::string whole = contents(path);
    EXPECT_EQ(whole.substr(0, n), noise(n));
    for (std::size_t at = 0; at < whole.size(); at += 1 + whole.size() / 500) {
      EXPECT_EQ(compare_checksum(put("changed", flipped(whole, at))), TrailingChecksum::wrong) << at;
    }
    EXPECT_EQ(compare_checksum(put("changed", flipped(whole, whole.size() - 1))), TrailingChecksum::wrong);
    EXPECT_EQ(compare_checksum(put("changed", whole + "x")), TrailingChecksum::none);
    EXPECT_EQ(compare_checksum(put("changed", whole.substr(1))), TrailingChecksum::wrong);
  }
}

TEST_F(Checked, compares_pieces_when_they_are_read) {
  const auto path = put("file", noise(400'000));
  append_checksum(path, std::array{FilePiece{.offset = 60'000, .n_bytes = 300'000}});
  const std::string whole = contents(path);
  EXPECT_EQ(CheckedFile(put("changed", flipped(whole, 60'001))).state(), TrailingChecksum::wrong);  // beside the piece
  const CheckedFile file(put("changed", flipped(whole, 200'000)));
  EXPECT_EQ(file.state(), TrailingChecksum::right);
  EXPECT_TRUE(file.is_right(70'000, 100'000));
  EXPECT_FALSE(file.is_right(199'999, 2));
  EXPECT_FALSE(file.is_right(70'000, 200'000));
  EXPECT_TRUE(file.is_right(300'000, 100'000));
  EXPECT_FALSE(file.is_right(300'000, 100'001));  // beyond its end
  EXPECT_FALSE(file.is_whole());
}

TEST_F(Checked, is_the_same_of_bytes_and_of_a_file) {
  const std::string bytes = noise(100'000);
  const auto path = put("file", bytes);
  append_checksum(path);
  EXPECT_EQ(contents(path), bytes + checksum_trailer(bytes));
  EXPECT_EQ(content_digest(path), CheckedFile(path).digest());
}

TEST_F(Checked, text_has_its_checksum_in_a_last_line) {
  const std::string text = with_checksum_line("a: 1\nb: 2\n");
  EXPECT_EQ(text.substr(0, 22), "a: 1\nb: 2\n# checksum: ");
  EXPECT_EQ(compare_checksum_line(put("a.yaml", text)), TrailingChecksum::right);
  for (std::size_t at = 0; at < text.size(); ++at) {
    EXPECT_EQ(compare_checksum_line(put("a.yaml", flipped(text, at))), TrailingChecksum::wrong) << at;
  }
  EXPECT_EQ(compare_checksum_line(put("a.yaml", text + "c: 3\n")), TrailingChecksum::wrong);
  EXPECT_EQ(compare_checksum_line(put("a.yaml", "a: 1\n")), TrailingChecksum::none);
}

TEST(Trial, ends_as_its_work_does) {
  EXPECT_EQ(try_apart([] {}, 5).end, TrialEnd::by_itself);
  EXPECT_EQ(try_apart([] { std::abort(); }, 5).end, TrialEnd::by_a_crash);
  volatile bool never = false;
  EXPECT_EQ(try_apart(
                [&] {
                  while (!never) {
                  }
                },
                1)
                .end,
            TrialEnd::out_of_time);
}

TEST(Trial, tells_what_its_work_throws) {
  const TrialOutcome outcome = try_apart([] { throw core::RunError("no"); }, 5);
  EXPECT_EQ(outcome.end, TrialEnd::by_an_error);
  EXPECT_EQ(outcome.reason, "no");
  const std::string longer(100'000, 'x');
  EXPECT_EQ(try_apart([&] { throw core::RunError(longer); }, 5).reason, longer.substr(0, 500));
}

}  // namespace
}  // namespace gridmill::io
