#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/address.hpp"
#include "staging/s3.hpp"

namespace gridmill::staging {

/// Told what is being done, a sentence at a time.
using Say = std::function<void(std::string_view sentence)>;

/// What is known of a copy that was the same as what lies at its address.
struct CopyRecord {
  std::string etag;           // with its quotation marks, as the server has written it; empty: it has none
  std::uint64_t n_bytes = 0;  // of the copy
  std::int64_t changed = 0;   // when the copy was last written, nanoseconds since 1970

  friend bool operator==(const CopyRecord&, const CopyRecord&) = default;
};

/// Returns the record; nothing: there is none.
std::optional<CopyRecord> read_record(const core::Address& address);
/// Replaces it. Errors: RunError.
void write_record(const core::Address& address, const CopyRecord& record);
/// Removes it. Never fails.
void remove_record(const core::Address& address) noexcept;

/// Returns where files of this program's own about an address stand, beside all copies: its name is that of the copy,
/// and an ending. The folder is made. Errors: RunError.
std::filesystem::path place_beside(const core::Address& address, std::string_view ending);

/// Returns size and time of a file; nothing: there is none.
std::optional<CopyRecord> look_at_file(const std::filesystem::path& file);

/// Makes the copy of a file what lies at its address, if it is not: whole or not at all, its checksum compared where
/// the server knows one (the SHA-256 that this program writes beside, S3's own, or an ETag that is an MD5). What is the
/// same is not sent again. What comes half is kept, and goes on where it was, also in a later command. One process at a
/// time works on a copy; others wait for it.
///
/// Returns false where there is nothing at the address. Errors: as S3; UserError, RunError of https and of the disk.
bool fetch(const core::Address& address, S3& s3, const Say& say);

/// The same of what must be there: one file, or of S3 all those that match where the last part of the key is a pattern
/// (core::matches_glob). Errors: as `fetch`; UserError where there is none.
void fetch_files(const core::Address& address, S3& s3, const Say& say);

}  // namespace gridmill::staging
