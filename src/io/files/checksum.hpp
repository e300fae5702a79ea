#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string_view>

namespace gridmill::io {

/// Returns the XXH3 64-bit hash of `bytes`: equal on every machine. Detects damage and change, not attacks.
std::uint64_t checksum(std::string_view bytes);

/// Says whether two texts of one length differ in two bytes at most: a word that stands before a checksum, damaged,
/// must not make the file one that never had a checksum.
bool nearly_same(std::string_view a, std::string_view b);

/// Returns the XXH3 64-bit hash of a file's first `n_bytes` bytes, of all if it has no more, read in blocks.
/// Errors: UserError naming the file when it cannot be read.
std::uint64_t file_checksum(const std::filesystem::path& path,
                            std::uint64_t n_bytes = std::numeric_limits<std::uint64_t>::max());

}  // namespace gridmill::io
