#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "jobs/run/epoch.hpp"
#include "jobs/run/folder_lock.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/run/own_files.hpp"
#include "mpi/session.hpp"

namespace gridmill::jobs {

/// What to do with results of another job in the same folder.
enum class IfOther { refuse, overwrite };

/// What a job that wants to work in a folder says of itself.
struct RunClaim {
  RunKind kind;
  IfOther if_other = IfOther::refuse;
  std::vector<std::filesystem::path> inputs;  // what it reads; empty names do not count
};

/// A folder that one process at a time writes its results into: made if it is not there, locked while this lives. What
/// a killed process of this host has left unfinished in it is removed.
/// Gone again with it: the file of the lock, and those folders it made in which nothing was put.
///
/// Errors: UserError when it cannot be made or written, another process works in it, or it holds what is not ours
/// (check_run_folder); nothing has been written into it then.
class RunFolder {
 public:
  /// `observer`: told if a killed job's ranks are waited for.
  RunFolder(std::filesystem::path folder, const RunClaim& claim, Observer& observer);
  ~RunFolder();
  RunFolder(RunFolder&&) = delete;
  RunFolder& operator=(RunFolder&&) = delete;

  [[nodiscard]] std::filesystem::path file(std::string_view name) const { return folder_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
  /// Begins a launch: whoever worked here before and still lives, cut off, writes nothing more. Errors: RunError.
  const Epoch& raise_epoch();
  /// Errors: RunError when another launch has begun since.
  void check_epoch() const;
  /// Removes what an earlier run has written into it, of whichever kind; other files stay. Errors: UserError.
  void remove_earlier_run() const;

 private:
  void make();
  void remove_empty() const;

  std::filesystem::path folder_;
  std::vector<std::filesystem::path> made_;  // the innermost first
  std::optional<FolderLock> lock_;
  std::optional<Epoch> epoch_;
};

/// Returns what becomes of an earlier run where a command was told `if_other`: a command that was started again after a
/// loss has removed the other run's results before, and goes on with its own. Collective; valid on every rank.
IfOther settled_if_other(IfOther if_other, const std::filesystem::path& folder, mpi::Session& session);

}  // namespace gridmill::jobs
