#include "io/files/file_descriptor.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::io {

void throw_system_error(std::string_view verb, const std::filesystem::path& path, int error) {
  std::string hint;
  if (error == ENOSPC || error == EDQUOT) hint = "free some space there, or write to another folder";
  throw core::RunError(fmt::format("cannot {} {}: {}", verb, path.string(), std::strerror(error)), hint);
}

FileDescriptor::~FileDescriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

namespace {

[[noreturn]] void refuse_reading(const std::filesystem::path& path, int error) {
  throw core::UserError(core::Problem{{path.string()}, fmt::format("cannot be read: {}", std::strerror(error)), {}});
}

/// Calls `read_into` for what is left of the buffer until it is full or the file ends.
template <class ReadInto>
std::size_t fill(std::span<char> buffer, const std::filesystem::path& path, ReadInto read_into) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t got = read_into(buffer.subspan(filled));
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse_reading(path, errno);
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

FileDescriptor FileDescriptor::open_input(const std::filesystem::path& path) {
  const auto refuse = [&](std::string what) {
    throw core::UserError(core::Problem{{path.string()}, std::move(what), {}});
  };
  struct stat before {};
  const bool is_there = ::stat(path.c_str(), &before) == 0;
  if (is_there && (S_ISFIFO(before.st_mode) || S_ISSOCK(before.st_mode) || S_ISCHR(before.st_mode))) {
    throw core::UserError(core::Problem{{path.string()},
                                        "is a pipe or a device; files are read more than once",
                                        "write what it gives into a file, and name that"});
  }
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC), path);
  if (file.descriptor_ < 0) {
    refuse(errno == ENOENT ? "no such file" : fmt::format("cannot be read: {}", std::strerror(errno)));
  }
  struct stat status {};
  if (::fstat(file.descriptor_, &status) != 0) refuse(fmt::format("cannot be read: {}", std::strerror(errno)));
  if (S_ISDIR(status.st_mode)) refuse("is a directory, not a file");
  return file;
}

FileDescriptor FileDescriptor::open_output(const std::filesystem::path& path, int extra_flags,
                                           const std::filesystem::path& shown_as) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | extra_flags, 0666), shown_as);
  if (file.descriptor_ < 0) throw_system_error("write", shown_as, errno);
  return file;
}

FileDescriptor FileDescriptor::open_new(const std::filesystem::path& path, const std::filesystem::path& shown_as) {
  return open_output(path, O_EXCL | O_NOFOLLOW, shown_as);
}

FileDescriptor FileDescriptor::open_own(const std::filesystem::path& path, int extra_flags) {
  const auto refuse = [&](std::string what) {
    throw core::UserError(core::Problem{
        {path.string()}, std::move(what), "gridmill keeps a file of this name here; choose another output folder"});
  };
  // O_NONBLOCK: a pipe would be waited for until somebody reads from it.
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | extra_flags;
  FileDescriptor file(::open(path.c_str(), flags, 0666), path);
  if (file.descriptor_ < 0 && errno == ELOOP) refuse("is a symbolic link, which is not followed");
  if (file.descriptor_ < 0 && errno == EISDIR) refuse("is a directory, not a file");
  if (file.descriptor_ < 0 && errno == ENXIO) refuse("is not a regular file");
  if (file.descriptor_ < 0) throw_system_error("write", path, errno);
  struct stat status {};
  if (::fstat(file.descriptor_, &status) != 0) throw_system_error("write", path, errno);
  if (!S_ISREG(status.st_mode)) refuse("is not a regular file");
  return file;
}

std::size_t FileDescriptor::read(std::span<char> buffer) const {
  return fill(buffer, path_, [this](std::span<char> rest) { return ::read(descriptor_, rest.data(), rest.size()); });
}

std::size_t FileDescriptor::read_at(std::span<char> buffer, std::uint64_t offset) const {
  return fill(buffer, path_, [&](std::span<char> rest) {
    const std::uint64_t at = offset + (buffer.size() - rest.size());
    return ::pread(descriptor_, rest.data(), rest.size(), static_cast<off_t>(at));
  });
}

std::uint64_t FileDescriptor::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) refuse_reading(path_, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

void FileDescriptor::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_system_error("write", path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void FileDescriptor::write_at(std::string_view bytes, std::uint64_t offset) const {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_system_error("write", path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

void FileDescriptor::sync() const {
  if (::fsync(descriptor_) != 0) throw_system_error("write", path_, errno);
}

void FileDescriptor::close() {
  if (::close(std::exchange(descriptor_, -1)) != 0) throw_system_error("write", path_, errno);
}

std::string read_text(const std::filesystem::path& path) {
  const FileDescriptor file = FileDescriptor::open_input(path);
  std::string text;
  std::string block(std::size_t{1} << 20, '\0');
  while (const std::size_t got = file.read(block)) text.append(block, 0, got);
  return text;
}

void sync_folder(const std::filesystem::path& folder) {
  const std::filesystem::path name = folder.empty() ? std::filesystem::path(".") : folder;
  FileDescriptor handle(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), name);
  if (handle.get() < 0) throw_system_error("open", name, errno);
  // Some network file systems cannot sync a folder and say so; the rename itself has succeeded.
  if (::fsync(handle.get()) != 0 && errno != EINVAL) throw_system_error("write", name, errno);
}

}  // namespace gridmill::io
