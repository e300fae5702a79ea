#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "io/files/mapped_piece.hpp"

namespace gridmill::io {

/// A byte string in a file as memory.
struct MappedString {
  std::span<const std::byte> bytes;
  std::shared_ptr<const MappedPiece> mapping;  // null: the string is empty
};

/// Byte strings in one file, each with a checksum: what a task leaves for another one of the same program.
///
///   "GMPIECES", fingerprint, number of strings n, checksum of the index; index: n x (bytes, checksum); the strings.
///   All numbers are 64 bits wide, in the byte order of the machine. Equal strings are equal bytes.
class PieceFile {
 public:
  /// Writes a file. It is not synced: after a power failure it may be damaged, which is found when it is read.
  /// Errors: RunError naming the file.
  static void write(const std::filesystem::path& path, std::uint64_t fingerprint,
                    std::span<const std::vector<std::byte>> strings);
  /// Opens a file; nothing if it is not there, has another fingerprint or number of strings, or is not whole. The
  /// strings themselves are checked when they are read.
  static std::optional<PieceFile> open(const std::filesystem::path& path, std::uint64_t fingerprint,
                                       std::size_t n_strings);

  /// Returns a string; nothing if it is damaged.
  [[nodiscard]] std::optional<std::vector<std::byte>> read(std::size_t i) const;
  /// Returns a string where it lies, for looking at parts of it, after it has been read once and compared; nothing if
  /// it is damaged. The file must not change meanwhile.
  [[nodiscard]] std::optional<MappedString> map(std::size_t i) const;
  /// Reads all strings and says whether they are what was written.
  [[nodiscard]] bool is_whole() const;

 private:
  [[nodiscard]] std::uint64_t offset_of(std::size_t i) const;

  struct Entry {
    std::uint64_t n_bytes = 0;
    std::uint64_t checksum = 0;
  };

  std::filesystem::path path_;
  std::vector<Entry> index_;
};

}  // namespace gridmill::io
