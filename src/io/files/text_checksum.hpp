#pragma once

#include <filesystem>
#include <string>

#include "io/files/trailing_checksum.hpp"

namespace gridmill::io {

/// Returns text whose comments begin with '#' (YAML), with one more line behind the others: "# checksum: " and that of
/// all bytes before it.
std::string with_checksum_line(std::string text);

/// Compares a text file with the line that `with_checksum_line` put at its end.
/// Errors: UserError naming the file when it cannot be read.
TrailingChecksum compare_checksum_line(const std::filesystem::path& path);

/// Returns the XXH3 of a file as 16 hexadecimal digits, for files that name others. Errors: as `compare_checksum_line`.
std::string checksum_text(const std::filesystem::path& path);

}  // namespace gridmill::io
