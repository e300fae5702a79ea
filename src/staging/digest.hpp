#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gridmill::staging {

/// Returns the SHA-256 of some bytes, in hexadecimal digits.
std::string sha256(std::string_view bytes);

/// Returns the HMAC-SHA-256 of a text, as 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view text);

/// Returns bytes in hexadecimal digits.
std::string hexadecimal(std::string_view bytes);

/// Returns bytes in base 64, with what fills the last four letters.
std::string base64(std::string_view bytes);

/// What identifies the contents of a file, or of a piece of one.
struct Digests {
  std::string sha256;         // hexadecimal digits
  std::string sha256_base64;  // the same, as S3 writes its checksums
  std::string md5;            // hexadecimal digits
};

/// Reads `n_bytes` bytes of an open file from `offset` on, once, in blocks.
/// Errors: RunError under the name `shown_as` when they cannot be read or the file is shorter.
Digests digests_of(int file, std::uint64_t offset, std::uint64_t n_bytes, std::string_view shown_as);

}  // namespace gridmill::staging
