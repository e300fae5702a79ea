#pragma once

#include <cstddef>
#include <cstdint>

#include "io/files/file_descriptor.hpp"

namespace gridmill::io {

/// A piece of a file as memory, for reading here and there. The file must not shrink meanwhile.
class MappedPiece {
 public:
  /// Errors: RunError naming the file when the system refuses.
  MappedPiece(const FileDescriptor& file, std::uint64_t offset, std::size_t n_bytes);
  ~MappedPiece();
  MappedPiece(const MappedPiece&) = delete;
  MappedPiece& operator=(const MappedPiece&) = delete;

  [[nodiscard]] const char* data() const { return data_; }

 private:
  void* mapping_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  const char* data_ = nullptr;
};

}  // namespace gridmill::io
