#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/files/file_descriptor.hpp"

namespace gridmill::io {

/// A range of a file's bytes.
struct FilePiece {
  std::uint64_t offset = 0;
  std::uint64_t n_bytes = 0;
};

/// Whether a file's bytes are those it was closed with.
enum class TrailingChecksum { none, right, wrong };

/// Appends to a file the checksums of its bytes. HDF5 reads such a file as any other: it knows where its own bytes end.
///
/// `checked_when_read`: pieces of plain numbers that may be large; CheckedFile compares them as they are asked for, all
/// else when it opens the file.
/// Format, behind the n bytes of the file, little-endian: XXH3 of each 64 KiB of them; offset and length of each piece;
/// n, the number of pieces, XXH3 of the trailer so far (uint64 all); "GMCHKS02".
/// Deterministic: equal bytes get equal trailers. Cost: reads the file. Errors: RunError, UserError naming the file.
void append_checksum(const std::filesystem::path& path, std::span<const FilePiece> checked_when_read = {});

/// Returns what `append_checksum` appends to a file of these bytes.
std::string checksum_trailer(std::string_view bytes);

/// A file that is read only where its bytes are those it was closed with. Not for several threads.
class CheckedFile {
 public:
  /// Opens it and compares all but the pieces that are checked when they are read.
  /// Errors: UserError naming the file when it cannot be read.
  explicit CheckedFile(const std::filesystem::path& path);

  /// Returns `none` if it has no checksums (whatever is asked is then taken for right), `wrong` if what was compared
  /// when it was opened has changed.
  [[nodiscard]] TrailingChecksum state() const { return state_; }
  [[nodiscard]] const FileDescriptor& descriptor() const { return file_; }
  /// Says whether bytes [offset, offset + n_bytes) are right; only what was not compared before is read.
  [[nodiscard]] bool is_right(std::uint64_t offset, std::uint64_t n_bytes) const;
  /// Says whether all bytes are. Cost: reads the file.
  [[nodiscard]] bool is_whole() const { return state_ == TrailingChecksum::right && is_right(0, n_bytes_); }
  /// Returns a hash of all checksums, which stands for the contents; 0 without checksums.
  [[nodiscard]] std::uint64_t digest() const { return digest_; }

 private:
  bool read_trailer();
  [[nodiscard]] bool compare(std::size_t first_block, std::size_t end_block) const;
  [[nodiscard]] bool compare_all_but(std::span<const FilePiece> pieces) const;

  FileDescriptor file_;
  TrailingChecksum state_ = TrailingChecksum::none;
  std::uint64_t n_bytes_ = 0;  // before the trailer
  std::uint64_t digest_ = 0;
  std::vector<std::uint64_t> checksums_;  // by block
  std::vector<FilePiece> pieces_;
  mutable std::vector<bool> compared_;  // by block
};

/// Compares all of a file's bytes with the checksums at its end. Cost: reads the file, if it has some.
/// Errors: UserError naming the file when it cannot be read.
TrailingChecksum compare_checksum(const std::filesystem::path& path);

/// Says whether a file has checksums at its end; not whether they are right. Errors: as `compare_checksum`.
bool has_checksum(const std::filesystem::path& path);

/// Returns a hash that stands for a file's contents: of its checksums if it has some (what they do not fit is found
/// when it is read), else of all its bytes. Errors: UserError naming the file when it cannot be read.
std::uint64_t content_digest(const std::filesystem::path& path);

}  // namespace gridmill::io
