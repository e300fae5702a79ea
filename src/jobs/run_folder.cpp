#include "jobs/run_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

RunFolder::RunFolder(fs::path folder) : folder_(std::move(folder)) {
  make();
  take_lock();
}

void RunFolder::remove(std::string_view name) const {
  std::error_code error;
  fs::remove_all(file(name), error);
  if (error) throw core::UserError(fmt::format("{}: cannot be removed: {}", file(name).string(), error.message()));
}

void RunFolder::make() const {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) {
    throw core::UserError(fmt::format("{}: the output folder cannot be made: {}", folder_.string(), error.message()));
  }
  if (!fs::is_directory(folder_)) {
    throw core::UserError(fmt::format("{}: the output is a file, not a folder", folder_.string()));
  }
  if (access(folder_.c_str(), W_OK | X_OK) != 0) {
    throw core::UserError(fmt::format("{}: the output folder is not writable", folder_.string()));
  }
}

void RunFolder::take_lock() {
  lock_ = io::FileDescriptor::open_output(file("lock"), O_CLOEXEC, file("lock"));
  if (flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    throw core::UserError(fmt::format("{}: another gridmill is working in this folder", folder_.string()),
                          "wait for it, or choose another output");
  }
}

}  // namespace gridmill::jobs
