#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/files/group_commit.hpp"
#include "io/files/journal.hpp"

namespace gridmill::jobs {

/// What identifies a task: a hash of all that its result depends on.
using TaskKey = std::uint64_t;

/// How ranks died at a task.
struct Deaths {
  std::size_t n = 0;
  int signal = 0;  // the last one's

  friend bool operator==(const Deaths&, const Deaths&) = default;
};

/// How many ranks a task may crash before it counts as failed.
inline constexpr std::size_t kMostDeaths = 3;

/// Returns it in words: "crashed its rank 3 times, lastly by signal 11 (Segmentation fault)".
std::string death_text(const Deaths& deaths);

/// What is known of the tasks of a job that may have been interrupted: results, and who is to blame for ranks that
/// died. Tasks go by what they are, not by a place in a list. Used on rank 0 only.
class TaskJournal {
 public:
  struct Result {
    TaskKey key = 0;
    std::string bytes;
  };

  /// Opens the journal and reads what is known; appends nothing yet. Of a journal of another origin nothing is read
  /// (io::Journal::found). Errors: UserError if another process holds it, or it is no journal; RunError.
  TaskJournal(const std::filesystem::path& path, const io::JournalOrigin& origin);

  [[nodiscard]] const io::Journal& file() const { return journal_; }

  /// Begins a launch: from here on it may be appended to. `allowed` throws where another launch has taken over.
  /// `blamed_signal` (mpi::blamed_signal): that a rank of the launch before has died of while nobody knows at which
  /// task. All tasks that were at work are blamed then: the one whose fault it is is found by running each alone. 0:
  /// none is.
  void begin(std::uint32_t epoch, std::function<void()> allowed = {}, int blamed_signal = 0);

  /// Hands over the results of earlier launches, in the order of the journal; once.
  [[nodiscard]] std::vector<Result> take_results() { return std::move(results_); }
  /// Ranks that have crashed at the task, by their own record. A kill from outside is no fault of what was running.
  [[nodiscard]] Deaths deaths(TaskKey task) const;

  /// What a rank is to append to the journal's file when it crashes at the task (CrashRecord).
  [[nodiscard]] static std::string death(std::uint32_t epoch, TaskKey task, int signal);

  /// What follows is on the disk 50 ms later (io::GroupCommit). Errors of writing are thrown by the next call.
  /// Notes that a task has been handed to a rank, and that it is done.
  void started(TaskKey task, int rank);
  void ended(TaskKey task, int rank);
  /// Adds a result.
  void add(TaskKey task, std::string_view result);
  /// Forgets the deaths at a task: who repeats the command wants it to be tried again.
  void forgive(TaskKey task);
  /// Throws if something could not be written.
  void check();
  /// Returns when all is on the disk.
  void sync();
  /// Notes that this launch ends in order.
  void close();
  /// The same on the way out of an error, where a second one would help nobody.
  void close_quietly() noexcept;

 private:
  struct AtWork {
    int rank = 0;
    TaskKey task = 0;
  };

  void replay();
  void blame_those_at_work(int signal);

  io::Journal journal_;
  std::vector<Result> results_;
  std::map<TaskKey, Deaths> deaths_;
  std::vector<AtWork> at_work_;              // when the last launch ended, by the order in which they were handed out
  std::unique_ptr<io::GroupCommit> commit_;  // null: not begun
};

/// Returns the results in a journal, in order, whoever is writing in it.
std::vector<TaskJournal::Result> read_results(const std::filesystem::path& path);

/// How many results and deaths a journal holds, whoever is writing in it.
struct JournalCounts {
  std::size_t n_results = 0;
  std::size_t n_deaths = 0;  // that ranks have written down
  std::size_t n_blamed = 0;  // tasks that were blamed because they were at work
};
JournalCounts count_journal(const std::filesystem::path& path);

}  // namespace gridmill::jobs
