#include "io/files/atomic_file.hpp"

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <fmt/format.h>

#include "io/files/process_identity.hpp"

namespace gridmill::io {
namespace {

constexpr std::string_view kUnfinished = ".partial";

/// A number that nobody can foresee: a name that others could put a link at first would write to where they choose.
std::uint64_t random_number() {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number) number = std::random_device{}();
  return number;
}

/// What the name of an unfinished file made on this host says.
struct Unfinished {
  std::string file;  // that was to be made
  pid_t process = 0;
};

std::optional<Unfinished> read_unfinished_name(std::string_view name) {
  const std::string host = "." + host_number();
  if (!name.starts_with('.') || !name.ends_with(kUnfinished)) return {};
  name.remove_prefix(1);
  name.remove_suffix(kUnfinished.size());
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || !name.substr(0, dot).ends_with(host)) return {};
  Unfinished found{.file = std::string(name.substr(0, dot - host.size()))};
  const std::string_view number = name.substr(dot + 1);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), found.process);
  const bool is_number = error == std::errc() && *end == '-' && found.process > 0;
  return is_number ? std::optional(std::move(found)) : std::nullopt;
}

/// This process has begun nothing yet; one of its number was killed long ago.
bool has_ended(pid_t process) { return process == ::getpid() || !is_running(process); }

/// Removes the members of a folder whose names are so, folders with all that is in them.
template <class Named>
void remove_members(const std::filesystem::path& folder, Named named) {
  std::vector<std::filesystem::path> members;
  std::error_code error;
  std::filesystem::directory_iterator at(folder.empty() ? std::filesystem::path(".") : folder, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    if (named(at->path().filename().string())) members.push_back(at->path());
  }
  for (const std::filesystem::path& each : members) std::filesystem::remove_all(each, error);
}

}  // namespace

std::filesystem::path unfinished_name(const std::filesystem::path& path) {
  return path.parent_path() / fmt::format(".{}.{}.{}-{:016x}{}", path.filename().string(), host_number(), ::getpid(),
                                          random_number(), kUnfinished);
}

void remove_abandoned(const std::filesystem::path& path) {
  remove_members(path.parent_path(), [file = path.filename().string()](std::string_view name) {
    const auto unfinished = read_unfinished_name(name);
    return unfinished && unfinished->file == file && has_ended(unfinished->process);
  });
}

void remove_abandoned_in(const std::filesystem::path& folder) {
  remove_members(folder, [](std::string_view name) {
    const auto unfinished = read_unfinished_name(name);
    return unfinished && has_ended(unfinished->process);
  });
}

void remove_all_unfinished(const std::filesystem::path& folder) {
  remove_members(folder, [](std::string_view name) { return name.starts_with('.') && name.ends_with(kUnfinished); });
}

PendingFile::PendingFile(std::filesystem::path path) : path_(std::move(path)) {
  std::filesystem::path temporary = unfinished_name(path_);
  FileDescriptor::open_new(temporary, path_).close();
  temporary_ = std::move(temporary);
}

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
    : pending_(std::move(path)), file_(FileDescriptor::open_output(pending_.temporary(), 0, pending_.path())) {}

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
