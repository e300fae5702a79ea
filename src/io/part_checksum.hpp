#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "io/part_layout.hpp"

namespace gridmill::io {

/// The checksum of a part of a matrix: the hash of the hashes of all blocks of all columns and of what the codes mean.
/// Blocks may be hashed in any order, and again.
class PartChecksum {
 public:
  PartChecksum(std::size_t n_columns, std::size_t n_blocks) : n_blocks_(n_blocks), hashes_(n_columns * n_blocks, 0) {}

  void set(std::size_t column, std::size_t block, std::uint64_t hash) { hashes_[column * n_blocks_ + block] = hash; }
  /// `meanings`: by categorical column.
  [[nodiscard]] std::string text(std::span<const CodeMeaning> meanings) const;

 private:
  std::size_t n_blocks_;
  std::vector<std::uint64_t> hashes_;
};

}  // namespace gridmill::io
