#include "jobs/run_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/atomic_file.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

/// The folders of that path that are not there yet, the innermost first.
std::vector<fs::path> missing_folders(fs::path folder) {
  std::vector<fs::path> missing;
  std::error_code error;
  while (!folder.empty() && !fs::exists(folder, error) && !error) {
    if (folder.has_filename()) missing.push_back(folder);
    folder = folder.parent_path();
  }
  return missing;
}

/// Says whether the open file is still the one of that name: its last owner removed it when it was done.
bool is_still_there(const io::FileDescriptor& file) {
  struct stat open {};
  struct stat named {};
  return fstat(file.get(), &open) == 0 && stat(file.path().c_str(), &named) == 0 && open.st_ino == named.st_ino &&
         open.st_dev == named.st_dev;
}

}  // namespace

RunFolder::RunFolder(fs::path folder, const RunClaim& claim) : folder_(std::move(folder)) {
  check_run_folder(folder_, claim.kind, claim.if_other == IfOther::overwrite, claim.inputs);
  try {
    make();
    take_lock();
    io::remove_abandoned_in(folder_);
  } catch (...) {
    remove_empty();
    throw;
  }
}

RunFolder::~RunFolder() {
  // While the lock is held: whoever opened the file meanwhile sees that it is gone, and makes a new one.
  std::error_code ignored;
  fs::remove(file("lock"), ignored);
  remove_empty();
}

void RunFolder::remove_earlier_run() const {
  if (const auto kind = run_kind(folder_)) remove_run(folder_, *kind);
}

void RunFolder::make() {
  made_ = missing_folders(folder_);
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
  const fs::path lock = file("lock");
  do {
    lock_ = io::FileDescriptor::open_output(lock, O_CLOEXEC, lock);
    if (flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
      throw core::UserError(fmt::format("{}: another gridmill is working in this folder", folder_.string()),
                            "wait for it, or choose another output");
    }
  } while (!is_still_there(lock_));
}

void RunFolder::remove_empty() const {
  std::error_code ignored;
  for (const fs::path& folder : made_) fs::remove(folder, ignored);  // refuses one that holds anything
}

}  // namespace gridmill::jobs
