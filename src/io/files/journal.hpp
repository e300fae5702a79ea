#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/files/file_descriptor.hpp"

namespace gridmill::io {

/// What the records of a journal depend on, as hashes.
struct JournalOrigin {
  std::uint64_t config = 0;
  std::uint64_t data = 0;
  std::uint64_t program = 0;  // of what the program computes, not of its version

  friend bool operator==(const JournalOrigin&, const JournalOrigin&) = default;
};

/// An append-only file of records that survives a kill at any moment: what `sync` has returned for is there after it.
///
/// Format: 8 bytes "GMJOURNL", uint32 format version, uint32 zero, uint64 hashes of config, data and program, uint64
/// XXH3 of these 40 bytes; then per record 4 bytes "GMRC", uint32 epoch, uint64 length, uint64 XXH3 of all of it but
/// these 8 bytes, the bytes. Little-endian.
/// A record that has changed costs itself alone: the next whole one is looked for behind it.
/// One process at a time holds it (flock); readers need no lock, and neither does who appends one whole record,
/// `framed`, in one write.
class Journal {
 public:
  enum class Found { nothing, same_run, other_run };

  struct Record {
    std::uint32_t epoch = 0;  // launch that wrote it
    std::string bytes;

    friend bool operator==(const Record&, const Record&) = default;
  };

  /// Bytes of the file that are no whole record, with records behind them.
  struct Damage {
    std::size_t offset = 0;
    std::size_t n_bytes = 0;

    friend bool operator==(const Damage&, const Damage&) = default;
  };

  /// Opens or makes the journal and reads its whole records; a torn or damaged tail is cut off.
  /// If the file holds another origin, `found()` is other_run, nothing is read or changed, and only `restart` may be
  /// called.
  /// Errors: UserError when another process holds it, or it is not a regular file, or not a journal of this format
  /// version; RunError.
  Journal(const std::filesystem::path& path, const JournalOrigin& origin);

  using VisitRecord = std::function<void(std::uint32_t epoch, std::string_view record)>;
  /// Hands over the whole records of a journal in which somebody may be writing, one by one; none where there is no
  /// journal. Holds little more than a record at a time; behind a damaged one, all that follows.
  static void visit_records(const std::filesystem::path& path, const VisitRecord& visit);
  /// Returns what these records depend on; nothing where there is no journal with a whole header.
  [[nodiscard]] static std::optional<JournalOrigin> read_origin(const std::filesystem::path& path);

  [[nodiscard]] Found found() const { return found_; }
  /// The origin of the journal that was there; that given where there was none.
  [[nodiscard]] const JournalOrigin& found_origin() const { return found_origin_; }
  /// Records that were there when it was opened, in order.
  [[nodiscard]] const std::vector<Record>& records() const { return records_; }
  /// What was damaged in the midst of them; it stays in the file.
  [[nodiscard]] const std::vector<Damage>& damages() const { return damages_; }
  /// Bytes of the torn tail that were cut off.
  [[nodiscard]] std::size_t cut_bytes() const { return cut_bytes_; }

  /// Returns a record as it stands in the file.
  [[nodiscard]] static std::string framed(std::uint32_t epoch, std::string_view record);

  /// Says which launch appends from here on.
  void set_epoch(std::uint32_t epoch) { epoch_ = epoch; }

  /// Forgets all records and begins anew with the origin given when it was opened.
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
  void truncate(std::size_t size);

  FileDescriptor file_;
  JournalOrigin origin_;
  JournalOrigin found_origin_;
  Found found_ = Found::nothing;
  std::uint32_t epoch_ = 0;
  std::vector<Record> records_;
  std::vector<Damage> damages_;
  std::string batch_;
  std::size_t synced_bytes_ = 0;
  std::size_t flushed_bytes_ = 0;  // >= synced_bytes_
  std::size_t cut_bytes_ = 0;
};

}  // namespace gridmill::io
