#pragma once

#include <filesystem>

namespace gridmill::core {

/// A folder of this process that goes when this does, with all that is in it.
///
/// A process that is killed leaves its folder behind. The next folder that the same user makes in the same place on the
/// same host takes it away: a lock on each folder, which ends with its process, tells which of them are left over.
class TemporaryFolder {
 public:
  /// Makes one in `place`, a folder that exists: `gridmill-` and six letters. Nobody else sees into it.
  /// Errors: RunError when it cannot be made.
  explicit TemporaryFolder(const std::filesystem::path& place = usual_place());
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path at(const char* name) const { return path_ / name; }

  /// Returns TMPDIR, or else /tmp. Errors: RunError when it is no folder.
  static std::filesystem::path usual_place();

 private:
  std::filesystem::path path_;
  int lock_ = -1;  // a descriptor; -1: the file system knows no locks, and what a kill leaves there stays
};

}  // namespace gridmill::core
