#pragma once

#include <filesystem>

#include "io/files/file_descriptor.hpp"
#include "jobs/run/observer.hpp"

namespace gridmill::jobs {

/// A file that one process at a time holds (flock); it is gone when its owner is.
///
/// It says who holds it: "HOST PROCESS LAUNCHER", the latter being the process without which the holder ends soon (0:
/// none). So the same command can follow right after a kill: ranks whose launcher was killed are waited for (up to 30
/// s). Errors: UserError when a live job holds it, or it is no regular file.
class FolderLock {
 public:
  FolderLock(const std::filesystem::path& file, Observer& observer);
  ~FolderLock();
  FolderLock(FolderLock&&) = delete;
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  io::FileDescriptor file_;
};

/// What can be seen of a lock without taking it.
enum class LockState {
  free,
  held,
  left_elsewhere,  // not held as far as this machine knows, but another one left it: its locks may not be seen from
                   // here
};

/// Looks at a lock. Never fails.
LockState look_at_lock(const std::filesystem::path& file) noexcept;

/// Removes the file of a lock that this process holds, for an end without destructors. Never fails.
void remove_own_lock(const std::filesystem::path& file) noexcept;

}  // namespace gridmill::jobs
