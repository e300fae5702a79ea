#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "jobs/folder_lock.hpp"
#include "jobs/observer.hpp"

namespace gridmill::jobs {

/// What to do with results of another job in the same folder.
enum class IfOther { refuse, overwrite };

/// A folder that one process at a time writes its results into: made if it is not there, locked while this lives. What
/// a killed process of this host has left unfinished in it is removed.
/// Gone again with it: the file of the lock, and those folders it made in which nothing was put.
///
/// Errors: UserError when it cannot be made or written, or another process works in it.
class RunFolder {
 public:
  /// `observer`: told if a killed job's ranks are waited for.
  RunFolder(std::filesystem::path folder, Observer& observer);
  ~RunFolder();
  RunFolder(RunFolder&&) = delete;
  RunFolder& operator=(RunFolder&&) = delete;

  [[nodiscard]] std::filesystem::path file(std::string_view name) const { return folder_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
  /// Removes a file or folder in it, if it is there. Errors: UserError.
  void remove(std::string_view name) const;

 private:
  void make();
  void remove_empty() const;

  std::filesystem::path folder_;
  std::vector<std::filesystem::path> made_;  // the innermost first
  std::optional<FolderLock> lock_;
};

}  // namespace gridmill::jobs
