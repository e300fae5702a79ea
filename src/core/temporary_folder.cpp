#include "core/temporary_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/host.hpp"

namespace gridmill::core {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = "gridmill-";
// Names the host: where hosts share the place, one does not always see the locks of another.
constexpr const char* kOwner = ".host";

/// Locks a folder; -1: another process holds it, or it cannot be locked.
int lock_folder(const fs::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0 || ::flock(file, LOCK_EX | LOCK_NB) == 0) return file;
  ::close(file);
  return -1;
}

bool is_of_this_user_and_host(const fs::path& folder) {
  struct stat status {};
  if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != ::geteuid()) return false;
  std::ifstream owner(folder / kOwner);
  std::string host;
  return std::getline(owner, host) && host == own_host_name();
}

void remove_left_over(const fs::path& place) {
  std::error_code error;
  fs::directory_iterator at(place, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    const fs::path& folder = at->path();
    if (!folder.filename().native().starts_with(kPrefix) || !is_of_this_user_and_host(folder)) continue;
    const int lock = lock_folder(folder);
    if (lock < 0) continue;
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    ::close(lock);
  }
}

}  // namespace

TemporaryFolder::TemporaryFolder(const fs::path& place) {
  remove_left_over(place);
  std::string name = (place / fmt::format("{}XXXXXX", kPrefix)).string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw RunError(fmt::format("{}: cannot make a temporary folder", place.string()),
                   "set TMPDIR to a folder that can be written");
  }
  path_ = name;
  lock_ = lock_folder(path_);
  // Only now may another process take it for left over.
  if (lock_ >= 0) std::ofstream(path_ / kOwner) << own_host_name() << '\n';
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

fs::path TemporaryFolder::usual_place() {
  std::error_code error;
  const fs::path place = fs::temp_directory_path(error);
  if (error) throw RunError(fmt::format("TMPDIR: {}", error.message()), "set TMPDIR to a folder that can be written");
  return place;
}

}  // namespace gridmill::core
