#include "jobs/run/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/process_identity.hpp"
#include "mpi/launcher_watch.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{20};
constexpr std::chrono::seconds kForAnyone{1};  // a killed process may take that long to be gone
constexpr std::chrono::seconds kForEnding{30};

struct Holder {
  std::string host;
  pid_t process = 0;
  pid_t launcher = 0;  // 0: none

  /// Says whether it will be gone soon: it was killed, or its launcher was, which it notices.
  [[nodiscard]] bool is_ending() const {
    if (host != io::host_number() || process <= 0) return false;
    return !io::is_running(process) || (launcher > 0 && !io::is_running(launcher));
  }
};

Holder holder_of(const fs::path& file) {
  Holder holder;
  std::ifstream(file) >> holder.host >> holder.process >> holder.launcher;
  return holder;
}

bool try_lock(const io::FileDescriptor& file) { return flock(file.get(), LOCK_EX | LOCK_NB) == 0; }

/// Says whether the open file is still the one of that name: its last owner removed it when it was done.
bool is_still_there(const io::FileDescriptor& file) {
  struct stat open {};
  struct stat named {};
  return fstat(file.get(), &open) == 0 && stat(file.path().c_str(), &named) == 0 && open.st_ino == named.st_ino &&
         open.st_dev == named.st_dev;
}

/// Waits until the file can be locked. Errors: UserError when it is held by who does not end.
void wait_for_lock(const io::FileDescriptor& file, Observer& observer) {
  const fs::path folder = file.path().parent_path();
  const auto begin = Clock::now();
  bool told = false;
  while (!try_lock(file)) {
    const Holder holder = holder_of(file.path());
    const bool ending = holder.is_ending();
    if (Clock::now() - begin > (ending ? kForEnding : kForAnyone)) {
      const std::string who = holder.process > 0 ? fmt::format(" (process {})", holder.process) : "";
      throw core::UserError(fmt::format("{}: another gridmill is working in this folder{}", folder.string(), who),
                            "wait for it, or choose another output");
    }
    if (ending && !told) {
      observer.note(fmt::format("{}: waiting for the ranks of a command that was killed to end", folder.string()));
      told = true;
    }
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace

LockState look_at_lock(const fs::path& file) noexcept {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return LockState::free;
  // Held for a moment: whoever wants to begin meanwhile looks again.
  const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  if (held) return LockState::held;
  const Holder holder = holder_of(file);
  return holder.process > 0 && holder.host != io::host_number() ? LockState::left_elsewhere : LockState::free;
}

void remove_own_lock(const fs::path& file) noexcept {
  const Holder holder = holder_of(file);
  std::error_code ignored;
  if (holder.host == io::host_number() && holder.process == ::getpid()) fs::remove(file, ignored);
}

FolderLock::FolderLock(const fs::path& file, Observer& observer) {
  do {
    file_ = io::FileDescriptor::open_own(file);
    wait_for_lock(file_, observer);
  } while (!is_still_there(file_));
  if (::ftruncate(file_.get(), 0) != 0) io::throw_system_error("write", file, errno);
  file_.write(fmt::format("{} {} {}\n", io::host_number(), ::getpid(), mpi::keeper_process()));
}

FolderLock::~FolderLock() {
  if (file_.get() < 0) return;
  // While it is held: whoever opened the file meanwhile sees that it is gone, and makes a new one. One that names
  // another process belongs to it: on a shared disk another machine, which does not see our lock, has taken over.
  if (is_still_there(file_)) remove_own_lock(file_.path());
}

}  // namespace gridmill::jobs
