#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "io/files/file_descriptor.hpp"

namespace gridmill::io {

/// Where to put what memory has no room for.
struct ScratchPlace {
  std::filesystem::path folder;    // where the file is made; empty: the working directory
  std::filesystem::path shown_as;  // what messages call it: the file that is being made
};

/// A file without a name, made when it is first written to; it vanishes with its owner however that ends.
class ScratchFile {
 public:
  explicit ScratchFile(ScratchPlace place) : place_(std::move(place)) {}

  /// Adds bytes at the end; returns where they begin. Errors: RunError naming `shown_as` when the disk is full.
  std::uint64_t append(std::string_view bytes);
  /// Fills `into` with what was written at `offset`. Errors: RunError when it cannot be read back.
  void read(std::span<char> into, std::uint64_t offset) const;
  /// Gives the disk back what is not read again, where the file system can.
  void forget(std::uint64_t offset, std::uint64_t n_bytes) const;

  /// What was written so far [bytes].
  [[nodiscard]] std::uint64_t size() const { return end_; }
  [[nodiscard]] const ScratchPlace& place() const { return place_; }

 private:
  ScratchPlace place_;
  FileDescriptor file_;
  std::uint64_t end_ = 0;
};

}  // namespace gridmill::io
