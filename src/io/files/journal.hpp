#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "io/files/file_descriptor.hpp"

namespace gridmill::io {

/// An append-only file of records that survives a kill at any moment: what `sync` has returned for is there after it.
///
/// Format: 8 bytes "GMJOURNL", uint32 format version, uint32 zero, uint64 fingerprint, uint64 XXH3 of these 24 bytes;
/// then per record uint64 length, uint64 XXH3 of the length and the bytes, the bytes. Little-endian.
/// One process at a time holds it (flock); readers need no lock, and neither does who appends one whole record,
/// `framed`, in one write.
class Journal {
 public:
  enum class Found { nothing, same_run, other_run };

  /// Opens or makes the journal and reads its whole records; a torn or damaged tail is cut off.
  /// `fingerprint` stands for what the records depend on (a hash of config and data). If the file holds another one,
  /// `found()` is other_run, nothing is read or changed, and only `restart` may be called.
  /// Errors: UserError when another process holds it, or it is not a regular file, or not a journal of this format
  /// version; RunError.
  Journal(const std::filesystem::path& path, std::uint64_t fingerprint);

  [[nodiscard]] Found found() const { return found_; }
  /// Records that were there when it was opened, in order.
  [[nodiscard]] const std::vector<std::string>& records() const { return records_; }
  /// Bytes of the torn tail that were cut off.
  [[nodiscard]] std::size_t cut_bytes() const { return cut_bytes_; }

  /// Returns a record as it stands in the file.
  [[nodiscard]] static std::string framed(std::string_view record);

  /// Forgets all records and begins anew with the fingerprint given when it was opened.
  void restart();

  /// Adds a record and returns when it is on the disk.
  /// Errors: RunError naming the file; the journal then ends with the last record that was synced.
  void append(std::string_view record);
  /// Adds a record to a batch that `flush` and `sync` write.
  void add(std::string_view record);
  /// Hands the batch to the system: it survives the end of this process, not that of the machine. Errors: as `append`.
  void flush();
  /// Writes the batch and returns when it is on the disk. Errors: as `append`.
  void sync();

 private:
  void recover(std::string_view bytes);
  void truncate(std::size_t size);

  FileDescriptor file_;
  std::uint64_t fingerprint_;
  Found found_ = Found::nothing;
  std::vector<std::string> records_;
  std::string batch_;
  std::size_t synced_bytes_ = 0;
  std::size_t flushed_bytes_ = 0;  // >= synced_bytes_
  std::size_t cut_bytes_ = 0;
};

}  // namespace gridmill::io
