#include "io/atomic_file.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace gridmill::io {
namespace {

std::filesystem::path temporary_name(const std::filesystem::path& path) {
  return path.parent_path() / fmt::format(".{}.{}.partial", path.filename().string(), ::getpid());
}

}  // namespace

PendingFile::PendingFile(std::filesystem::path path) : path_(std::move(path)), temporary_(temporary_name(path_)) {}

PendingFile::~PendingFile() {
  if (temporary_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
}

PendingFile::PendingFile(PendingFile&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})) {}

void PendingFile::start_sync() const {
  const FileDescriptor file = FileDescriptor::open_output(temporary_, 0, path_);
  // Only an advice: a file system that does not take it syncs later.
  ::sync_file_range(file.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
}

void PendingFile::publish() {
  FileDescriptor file = FileDescriptor::open_output(temporary_, 0, path_);
  file.sync();
  file.close();
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) throw_system_error("write", path_, errno);
  temporary_.clear();
  sync_folder(path_.parent_path());
}

AtomicFile::AtomicFile(std::filesystem::path path)
    : pending_(std::move(path)), file_(FileDescriptor::open_output(pending_.temporary(), O_TRUNC, pending_.path())) {}

void AtomicFile::write(std::string_view bytes) { file_.write(bytes); }

void AtomicFile::commit() {
  file_.close();
  pending_.publish();
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace gridmill::io
