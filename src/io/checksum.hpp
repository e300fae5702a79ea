#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace gridmill::io {

/// Returns the XXH3 64-bit hash of `bytes`: equal on every machine. Detects damage and change, not attacks.
std::uint64_t checksum(std::string_view bytes);

/// Returns the XXH3 64-bit hash of a file's bytes, read in blocks.
/// Errors: UserError naming the file when it cannot be read.
std::uint64_t file_checksum(const std::filesystem::path& path);

}  // namespace gridmill::io
