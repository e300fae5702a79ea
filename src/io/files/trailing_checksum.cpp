#include "io/files/trailing_checksum.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>

#include "core/bytes.hpp"
#include "io/files/checksum.hpp"
#include "io/files/mapped_piece.hpp"

namespace gridmill::io {
namespace {

constexpr std::string_view kMark = "GMCHKS02";
constexpr std::size_t kChecksumBlock = std::size_t{1}
                                       << 16;  // [bytes]; below the size of a first or second level cache
constexpr std::size_t kNumber = sizeof(std::uint64_t);
constexpr std::size_t kFooter = 3 * kNumber + kMark.size();

std::size_t n_blocks(std::uint64_t n_bytes) {
  return static_cast<std::size_t>((n_bytes + kChecksumBlock - 1) / kChecksumBlock);
}

std::uint64_t number_at(std::string_view bytes, std::size_t index) {
  return core::value_at<std::uint64_t>(bytes, index * kNumber);
}

/// Whether a file ends with the mark of checksums. One that is damaged itself is no reason to take the file for another
/// program's.
TrailingChecksum mark_of(const FileDescriptor& file) {
  constexpr std::size_t kEnough = 6;  // bytes
  const std::uint64_t size = file.size();
  std::array<char, kMark.size()> mark{};
  if (size < kFooter || file.read_at(mark, size - mark.size()) < mark.size()) return TrailingChecksum::none;
  std::size_t n_same = 0;
  for (std::size_t i = 0; i < mark.size(); ++i) n_same += mark[i] == kMark[i] ? 1U : 0U;
  if (n_same == kMark.size()) return TrailingChecksum::right;
  return n_same >= kEnough ? TrailingChecksum::wrong : TrailingChecksum::none;
}

/// What stands behind the bytes, once each block of them has its checksum.
std::string trailer(std::string checksums, std::uint64_t n_bytes, std::span<const FilePiece> checked_when_read) {
  std::string bytes = std::move(checksums);
  for (const FilePiece& piece : checked_when_read) {
    core::append_value(piece.offset, bytes);
    core::append_value(piece.n_bytes, bytes);
  }
  core::append_value(n_bytes, bytes);
  core::append_value(checked_when_read.size(), bytes);
  core::append_value(checksum(bytes), bytes);
  return bytes.append(kMark);
}

}  // namespace

void append_checksum(const std::filesystem::path& path, std::span<const FilePiece> checked_when_read) {
  FileDescriptor file = FileDescriptor::open_output(path, O_APPEND, path);
  const std::uint64_t n_bytes = file.size();
  std::string checksums;
  std::string block(kChecksumBlock, '\0');
  for (std::uint64_t at = 0; at < n_bytes; at += kChecksumBlock) {
    const std::size_t got = file.read_at(block, at);
    core::append_value(checksum(std::string_view(block).substr(0, got)), checksums);
  }
  file.write(trailer(std::move(checksums), n_bytes, checked_when_read));
  file.close();
}

std::string checksum_trailer(std::string_view bytes) {
  std::string checksums;
  for (std::size_t at = 0; at < bytes.size(); at += kChecksumBlock)
    core::append_value(checksum(bytes.substr(at, kChecksumBlock)), checksums);
  return trailer(std::move(checksums), bytes.size(), {});
}

CheckedFile::CheckedFile(const std::filesystem::path& path) : file_(FileDescriptor::open_input(path)) {
  state_ = mark_of(file_);
  if (state_ != TrailingChecksum::right) return;
  if (!read_trailer() || !compare_all_but(pieces_)) state_ = TrailingChecksum::wrong;
}

/// Reads what stands behind the bytes; false if it is not what was written. Counts are compared with the size of the
/// file before memory is taken.
bool CheckedFile::read_trailer() {
  const std::uint64_t size = file_.size();
  std::array<char, kFooter> footer{};
  if (file_.read_at(footer, size - kFooter) < kFooter) return false;
  const std::string_view numbers(footer.data(), footer.size());
  n_bytes_ = number_at(numbers, 0);
  const std::uint64_t n_pieces = number_at(numbers, 1);
  if (n_bytes_ > size || n_pieces > size / (2 * kNumber)) return false;
  const std::uint64_t n_table = kNumber * (n_blocks(n_bytes_) + 2 * n_pieces);
  if (n_bytes_ + n_table + kFooter != size) return false;
  std::string table(n_table + 2 * kNumber, '\0');
  if (file_.read_at(table, n_bytes_) < table.size()) return false;
  digest_ = checksum(table);
  if (digest_ != number_at(numbers, 2)) return false;
  for (std::size_t i = 0; i < n_blocks(n_bytes_); ++i) checksums_.push_back(number_at(table, i));
  for (std::size_t i = 0; i < n_pieces; ++i) {
    const std::size_t at = checksums_.size() + 2 * i;
    pieces_.push_back({.offset = number_at(table, at), .n_bytes = number_at(table, at + 1)});
  }
  compared_.assign(checksums_.size(), false);
  return true;
}

bool CheckedFile::compare_all_but(std::span<const FilePiece> pieces) const {
  std::vector<bool> later(checksums_.size(), false);
  for (const FilePiece& piece : pieces) {
    const std::uint64_t end = std::min(piece.offset + piece.n_bytes, n_bytes_);
    for (std::size_t i = n_blocks(piece.offset); i < end / kChecksumBlock; ++i)
      later[i] = true;  // those that lie wholly in it
  }
  for (std::size_t i = 0; i < later.size(); ++i) {
    std::size_t end = i;
    while (end < later.size() && !later[end]) ++end;
    if (end > i && !compare(i, end)) return false;
    i = end;
  }
  return true;
}

bool CheckedFile::is_right(std::uint64_t offset, std::uint64_t n_bytes) const {
  if (state_ != TrailingChecksum::right || n_bytes == 0) return state_ != TrailingChecksum::wrong;
  if (offset > n_bytes_ || n_bytes > n_bytes_ - offset) return false;
  const auto end = static_cast<std::size_t>(n_blocks(offset + n_bytes));
  for (auto first = static_cast<std::size_t>(offset / kChecksumBlock); first < end; ++first) {
    if (compared_[first]) continue;
    std::size_t last = first + 1;
    while (last < end && !compared_[last]) ++last;
    if (!compare(first, last)) return false;
    first = last - 1;
  }
  return true;
}

bool CheckedFile::compare(std::size_t first_block, std::size_t end_block) const {
  const std::uint64_t begin = first_block * kChecksumBlock;
  const std::uint64_t end = std::min<std::uint64_t>(end_block * kChecksumBlock, n_bytes_);
  const MappedPiece bytes(file_, begin, static_cast<std::size_t>(end - begin));
  for (std::size_t i = first_block; i < end_block; ++i) {
    const std::size_t at = (i - first_block) * kChecksumBlock;
    const std::size_t n = std::min<std::size_t>(kChecksumBlock, static_cast<std::size_t>(end - begin) - at);
    if (checksum({bytes.data() + at, n}) != checksums_[i]) return false;
    compared_[i] = true;
  }
  return true;
}

TrailingChecksum compare_checksum(const std::filesystem::path& path) {
  const CheckedFile file(path);
  return file.state() == TrailingChecksum::right && !file.is_whole() ? TrailingChecksum::wrong : file.state();
}

bool has_checksum(const std::filesystem::path& path) {
  return mark_of(FileDescriptor::open_input(path)) != TrailingChecksum::none;
}

std::uint64_t content_digest(const std::filesystem::path& path) {
  const CheckedFile file(path);
  return file.state() == TrailingChecksum::right ? file.digest() : file_checksum(path);
}

}  // namespace gridmill::io
