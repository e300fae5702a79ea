#pragma once

#include <filesystem>

namespace gridmill::io {

/// Whether a file's bytes are those it was closed with.
enum class TrailingChecksum { none, right, wrong };

/// Appends to a file the checksum of its bytes: "GMCHKSUM" and 16 hexadecimal digits. HDF5 reads such a file as any
/// other: it knows where its own bytes end. Errors: RunError naming the file.
void append_checksum(const std::filesystem::path& path);

/// Compares a file's bytes with the checksum at its end. Cost: reads the file, if it has one.
/// Errors: UserError naming the file when it cannot be read.
TrailingChecksum compare_checksum(const std::filesystem::path& path);

}  // namespace gridmill::io
