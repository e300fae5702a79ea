#include "io/files/journal.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>
#include <functional>
#include <limits>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "io/files/checksum.hpp"

namespace gridmill::io {
namespace {

static_assert(std::endian::native == std::endian::little, "the journal's integers are written as they stand in memory");

constexpr std::string_view kJournalMagic = "GMJOURNL";
constexpr std::uint32_t kFormatVersion = 2;
constexpr std::size_t kOriginAt = 16;
constexpr std::size_t kHeaderBytes = 48;
constexpr std::string_view kRecordMagic = "GMRC";
constexpr std::size_t kLengthAt = 8;
constexpr std::size_t kChecksumAt = 16;
constexpr std::size_t kRecordHeadBytes = 24;

std::string header(const JournalOrigin& origin) {
  std::string bytes(kJournalMagic);
  core::append_value(kFormatVersion, bytes);
  core::append_value(std::uint32_t{0}, bytes);
  core::append_value(origin.config, bytes);
  core::append_value(origin.data, bytes);
  core::append_value(origin.program, bytes);
  core::append_value(checksum(bytes), bytes);
  return bytes;
}

/// Returns the origin that a whole header tells.
JournalOrigin origin_in(std::string_view header) {
  return {.config = core::value_at<std::uint64_t>(header, kOriginAt),
          .data = core::value_at<std::uint64_t>(header, kOriginAt + 8),
          .program = core::value_at<std::uint64_t>(header, kOriginAt + 16)};
}

bool is_undamaged(std::string_view header) {
  constexpr std::size_t kChecked = kHeaderBytes - sizeof(std::uint64_t);
  return core::value_at<std::uint64_t>(header, kChecked) == checksum(header.substr(0, kChecked));
}

// The head is part of what is checked: a length that was never written would otherwise frame garbage.
std::uint64_t record_checksum(std::string_view head, std::string_view record) {
  std::string checked(head.substr(0, kChecksumAt));
  checked += record;
  return checksum(checked);
}

/// Returns the bytes of the whole record that begins at `at`; nothing if none does.
std::optional<std::string_view> whole_record(std::string_view bytes, std::size_t at) {
  const std::string_view rest = bytes.substr(at);
  if (rest.size() < kRecordHeadBytes || !rest.starts_with(kRecordMagic)) return std::nullopt;
  const auto length = core::value_at<std::uint64_t>(rest, kLengthAt);
  if (length > rest.size() - kRecordHeadBytes) return std::nullopt;
  const std::string_view record = rest.substr(kRecordHeadBytes, length);
  if (record_checksum(rest, record) != core::value_at<std::uint64_t>(rest, kChecksumAt)) return std::nullopt;
  return record;
}

/// Returns where the next whole record begins; npos: nowhere.
std::size_t next_record(std::string_view bytes, std::size_t at) {
  do {
    at = bytes.find(kRecordMagic, at + 1);
  } while (at != std::string_view::npos && !whole_record(bytes, at));
  return at;
}

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

/// A part of a file that is read from front to back.
class Window {
 public:
  explicit Window(const FileDescriptor& file) : file_(file), block_(kBlockBytes) {}

  /// What has been read and not left.
  [[nodiscard]] std::string_view bytes() const { return std::string_view(bytes_).substr(at_); }
  /// Where that begins in the file.
  [[nodiscard]] std::size_t offset() const { return offset_ + at_; }

  void leave(std::size_t n) {
    at_ += n;
    if (at_ < std::max(kBlockBytes, bytes_.size() / 2)) return;  // each byte is moved a few times at most
    bytes_.erase(0, at_);
    offset_ += std::exchange(at_, 0);
  }

  /// Reads until so many bytes are there, or the file ends.
  void want(std::size_t n) {
    while (bytes().size() < n && read()) {
    }
  }
  void want_all() {
    while (read()) {
    }
  }

 private:
  bool read() {
    const std::size_t got = file_.read(block_);
    bytes_.append(block_.data(), got);
    return got > 0;
  }

  const FileDescriptor& file_;
  std::vector<char> block_;
  std::string bytes_;
  std::size_t at_ = 0;
  std::size_t offset_ = 0;  // of bytes_
};

/// Reads on until the record that begins here is whole, if it is one.
void want_record(Window& window) {
  window.want(kRecordHeadBytes);
  const std::string_view head = window.bytes();
  if (head.size() < kRecordHeadBytes || !head.starts_with(kRecordMagic)) return;
  const auto length = core::value_at<std::uint64_t>(head, kLengthAt);
  if (length <= std::numeric_limits<std::size_t>::max() - kRecordHeadBytes) window.want(kRecordHeadBytes + length);
}

using VisitDamage = std::function<void(const Journal::Damage&)>;

/// Hands over what follows the header, and leaves the window behind the last whole record, with all that follows.
void visit_all(Window& window, const Journal::VisitRecord& visit, const VisitDamage& damaged) {
  for (want_record(window); !window.bytes().empty(); want_record(window)) {
    if (const auto record = whole_record(window.bytes(), 0)) {
      visit(core::value_at<std::uint32_t>(window.bytes(), kRecordMagic.size()), *record);
      window.leave(kRecordHeadBytes + record->size());
      continue;
    }
    window.want_all();
    const std::size_t next = next_record(window.bytes(), 0);
    if (next == std::string_view::npos) return;
    damaged({.offset = window.offset(), .n_bytes = next});
    window.leave(next);
  }
}

/// Opens a journal that somebody else may be writing in; nothing where there is none with a whole header.
std::optional<FileDescriptor> open_to_read(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
  return FileDescriptor::open_input(path);
}

bool is_header(std::string_view bytes) { return bytes.size() >= kHeaderBytes && bytes.starts_with(kJournalMagic); }

void lock(const FileDescriptor& file) {
  // A process that is ending closes its files one after the other: who has its folder already may be here before.
  constexpr std::chrono::milliseconds kLook{10};
  for (std::chrono::milliseconds waited{0}; waited < std::chrono::seconds(2); waited += kLook) {
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return;
    if (errno != EWOULDBLOCK) throw_system_error("lock", file.path(), errno);
    std::this_thread::sleep_for(kLook);
  }
  throw core::UserError(core::Problem{{file.path().parent_path().string()},
                                      "another gridmill is writing to this run directory",
                                      "wait until it has finished, or give this run another output directory"});
}

[[noreturn]] void refuse(const FileDescriptor& file, std::string what) {
  throw core::UserError(
      core::Problem{{file.path().string()}, std::move(what), "start anew with --overwrite, or choose another output"});
}

}  // namespace

Journal::Journal(const std::filesystem::path& path, const JournalOrigin& origin)
    : file_(FileDescriptor::open_own(path, O_APPEND)), origin_(origin), found_origin_(origin) {
  lock(file_);
  Window window(file_);
  window.want(kHeaderBytes);
  const std::string_view bytes = window.bytes();
  // The process that made the file may have been killed before its header was whole.
  constexpr std::size_t kVersioned = kJournalMagic.size() + sizeof kFormatVersion;
  if (bytes.size() < kVersioned && bytes.substr(0, kJournalMagic.size()) == kJournalMagic.substr(0, bytes.size())) {
    restart();
    return;
  }
  if (!bytes.starts_with(kJournalMagic)) refuse(file_, "is not a journal of gridmill");
  const auto version = core::value_at<std::uint32_t>(bytes, kJournalMagic.size());
  if (version != kFormatVersion) {
    refuse(file_,
           fmt::format("is a journal of format version {}; this gridmill reads version {}", version, kFormatVersion));
  }
  if (bytes.size() < kHeaderBytes) {
    restart();
    return;
  }
  if (!is_undamaged(bytes)) refuse(file_, "is damaged: the checksum of its header is wrong");
  found_origin_ = origin_in(bytes);
  if (found_origin_ != origin) {
    found_ = Found::other_run;
    return;
  }
  found_ = Found::same_run;
  window.leave(kHeaderBytes);
  visit_all(
      window,
      [this](std::uint32_t epoch, std::string_view record) {
        records_.push_back({.epoch = epoch, .bytes = std::string(record)});
      },
      [this](const Damage& damage) { damages_.push_back(damage); });
  cut_bytes_ = window.bytes().size();
  synced_bytes_ = flushed_bytes_ = window.offset();
  if (cut_bytes_ > 0) truncate(window.offset());  // what is whole is not touched
}

void Journal::visit_records(const std::filesystem::path& path, const VisitRecord& visit) {
  const auto file = open_to_read(path);
  if (!file) return;
  Window window(*file);
  window.want(kHeaderBytes);
  if (!is_header(window.bytes())) return;
  window.leave(kHeaderBytes);
  visit_all(window, visit, [](const Damage&) {});
}

std::optional<JournalOrigin> Journal::read_origin(const std::filesystem::path& path) {
  const auto file = open_to_read(path);
  if (!file) return std::nullopt;
  Window window(*file);
  window.want(kHeaderBytes);
  if (!is_header(window.bytes()) || !is_undamaged(window.bytes())) return std::nullopt;
  return origin_in(window.bytes());
}

void Journal::restart() {
  records_.clear();
  damages_.clear();
  batch_ = header(origin_);
  cut_bytes_ = 0;
  truncate(0);
  found_ = Found::nothing;
  sync();
  sync_folder(file_.path().parent_path());
}

void Journal::truncate(std::size_t size) {
  if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0) throw_system_error("write", file_.path(), errno);
  if (::lseek(file_.get(), static_cast<off_t>(size), SEEK_SET) < 0) throw_system_error("write", file_.path(), errno);
  synced_bytes_ = size;
  flushed_bytes_ = size;
}

void Journal::add(std::string_view record) {
  GRIDMILL_ASSERT(found_ != Found::other_run, "a journal of another run is not appended to");
  batch_ += framed(epoch_, record);
}

std::string Journal::framed(std::uint32_t epoch, std::string_view record) {
  std::string bytes(kRecordMagic);
  core::append_value(epoch, bytes);
  core::append_value(std::uint64_t{record.size()}, bytes);
  core::append_value(record_checksum(bytes, record), bytes);
  return bytes.append(record);
}

void Journal::flush() {
  try {
    file_.write(batch_);
  } catch (const core::RunError&) {
    // Part of the batch may be in the file: take it out, so that what comes later still follows whole records.
    batch_.clear();
    truncate(synced_bytes_);
    throw;
  }
  flushed_bytes_ += batch_.size();
  batch_.clear();
}

void Journal::sync() {
  flush();
  if (flushed_bytes_ == synced_bytes_) return;
  try {
    file_.sync();
  } catch (const core::RunError&) {
    truncate(synced_bytes_);
    throw;
  }
  synced_bytes_ = flushed_bytes_;
}

void Journal::append(std::string_view record) {
  add(record);
  sync();
}

}  // namespace gridmill::io
