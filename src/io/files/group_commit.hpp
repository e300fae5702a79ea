#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "io/files/journal.hpp"

namespace gridmill::io {

/// Puts records on the disk on a thread of its own, several at a time: whoever adds one does not wait for the disk.
///
/// A record is on the disk a delay after it was added, and the time that writing takes. Records are written in the
/// order added. While it lives, nobody else may touch the journal.
class GroupCommit {
 public:
  static constexpr std::chrono::milliseconds kDelay{50};

  /// `allowed` is called before each commit, on the thread, and throws where nothing more may be written.
  explicit GroupCommit(Journal& journal, std::function<void()> allowed = {}, std::chrono::milliseconds delay = kDelay);
  /// Commits what was added, unless a commit has failed.
  ~GroupCommit();
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  /// Errors: RunError when a commit has failed: what was added since the last good one is not on the disk.
  void add(std::string_view record);
  /// Returns when all that was added is on the disk. Errors: as `add`.
  void finish();
  /// Errors: as `add`.
  void check();

 private:
  void run();
  void commit(const std::vector<std::string>& records);
  void check_locked() const;

  Journal& journal_;
  std::function<void()> allowed_;
  std::chrono::milliseconds delay_;
  std::mutex mutex_;
  std::condition_variable news_;
  std::condition_variable done_;
  std::vector<std::string> pending_;  // with mutex_, as all below
  std::size_t n_added_ = 0;
  std::size_t n_committed_ = 0;
  bool hurry_ = false;
  bool ended_ = false;
  std::exception_ptr error_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace gridmill::io
