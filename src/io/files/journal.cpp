#include "io/files/journal.hpp"

#include <bit>
#include <cerrno>
#include <chrono>
#include <thread>

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
constexpr std::uint32_t kFormatVersion = 1;
constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kRecordHeadBytes = 16;

std::string header(std::uint64_t fingerprint) {
  std::string bytes(kJournalMagic);
  core::append_value(kFormatVersion, bytes);
  core::append_value(std::uint32_t{0}, bytes);
  core::append_value(fingerprint, bytes);
  core::append_value(checksum(bytes), bytes);
  return bytes;
}

// The length is part of what is checked: a length that was never written would otherwise frame garbage.
std::uint64_t record_checksum(std::string_view record) {
  std::string framed;
  framed.reserve(record.size() + sizeof(std::uint64_t));
  core::append_value(std::uint64_t{record.size()}, framed);
  framed += record;
  return checksum(framed);
}

std::string read_all(const FileDescriptor& file) {
  std::string bytes;
  std::vector<char> block(std::size_t{1} << 20);
  while (const std::size_t got = file.read(block)) bytes.append(block.data(), got);
  return bytes;
}

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

Journal::Journal(const std::filesystem::path& path, std::uint64_t fingerprint)
    : file_(FileDescriptor::open_own(path, O_APPEND)), fingerprint_(fingerprint) {
  lock(file_);
  const std::string bytes = read_all(file_);
  const std::string expected = header(fingerprint);
  // The process that made the file may have been killed before its header was whole.
  if (bytes.size() < kHeaderBytes &&
      std::string_view(bytes).substr(0, kJournalMagic.size()) == kJournalMagic.substr(0, bytes.size())) {
    restart();
    return;
  }
  if (std::string_view(bytes).substr(0, kJournalMagic.size()) != kJournalMagic)
    refuse(file_, "is not a journal of gridmill");
  const auto version = core::value_at<std::uint32_t>(bytes, kJournalMagic.size());
  if (version != kFormatVersion) {
    refuse(file_,
           fmt::format("is a journal of format version {}; this gridmill reads version {}", version, kFormatVersion));
  }
  if (core::value_at<std::uint64_t>(bytes, 24) != checksum(std::string_view(bytes).substr(0, 24))) {
    refuse(file_, "is damaged: the checksum of its header is wrong");
  }
  if (core::value_at<std::uint64_t>(bytes, 16) != fingerprint) {
    found_ = Found::other_run;
    return;
  }
  found_ = Found::same_run;
  recover(bytes);
}

void Journal::recover(std::string_view bytes) {
  std::size_t at = kHeaderBytes;
  while (bytes.size() - at >= kRecordHeadBytes) {
    const auto length = core::value_at<std::uint64_t>(bytes, at);
    if (length > bytes.size() - at - kRecordHeadBytes) break;
    const std::string_view record = bytes.substr(at + kRecordHeadBytes, length);
    if (record_checksum(record) != core::value_at<std::uint64_t>(bytes, at + sizeof length)) break;
    records_.emplace_back(record);
    at += kRecordHeadBytes + length;
  }
  cut_bytes_ = bytes.size() - at;
  truncate(at);
}

void Journal::restart() {
  records_.clear();
  batch_ = header(fingerprint_);
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
  batch_ += framed(record);
}

std::string Journal::framed(std::string_view record) {
  std::string bytes;
  core::append_value(std::uint64_t{record.size()}, bytes);
  core::append_value(record_checksum(record), bytes);
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
