#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jobs/run/observer.hpp"
#include "jobs/run/stop_request.hpp"
#include "jobs/run/task_journal.hpp"
#include "mpi/session.hpp"
#include "mpi/task_farm.hpp"

namespace gridmill::jobs {

/// Keeps what the tasks of a job are to blame for, in a file, from one launch to the next until all are done. Has the
/// same members on every rank; the journal is rank 0's.
class PassBlame {
 public:
  PassBlame() = default;  // keeps nothing
  /// `fingerprint`: of all that the tasks of the job depend on.
  PassBlame(std::filesystem::path file, std::uint32_t epoch, std::uint64_t fingerprint)
      : file_(std::move(file)), epoch_(epoch), fingerprint_(fingerprint) {}

  /// Opens the journal, on rank 0. `allowed` throws where another launch has taken over. Errors: as TaskJournal.
  void open(std::function<void()> allowed);
  /// Lets go of the journal. Never fails.
  void close() noexcept;
  /// Removes the file: all are done.
  void remove(Observer& observer);

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  /// Null: on other ranks, and where nothing is kept.
  [[nodiscard]] TaskJournal* journal() const { return journal_.get(); }
  [[nodiscard]] TaskKey key_of(std::string_view task) const;
  /// What a rank is to append to the file when it crashes at a task.
  [[nodiscard]] std::string death(TaskKey task, int signal) const { return TaskJournal::death(epoch_, task, signal); }

 private:
  std::filesystem::path file_;
  std::uint32_t epoch_ = 0;
  std::uint64_t fingerprint_ = 0;
  std::unique_ptr<TaskJournal> journal_;
};

/// What a pass over the rows has: a task each, on all ranks.
struct PassContext {
  mpi::Session& session;
  Observer& observer;
  StopRequest stop = {};
  std::function<void()> last_words = {};            // on rank 0, before it leaves with a task under way
  std::vector<mpi::RankReport>* reports = nullptr;  // gets, on rank 0, what the ranks report of each pass
  const PassBlame* blame = nullptr;                 // null: nothing is kept
};

/// The tasks of a pass, the same on every rank.
struct PassTasks {
  std::vector<double> cost;                      // what progress counts, by task
  std::string_view unit;                         // of that
  std::function<std::string(mpi::TaskId)> name;  // what a task does, in words; no two tasks of a job do the same
};

/// Runs the tasks on all ranks and returns their results, in their order, on rank 0 (empty elsewhere); nothing on every
/// rank if it was stopped before all were done. Collective.
///
/// A task that has crashed its rank before is run after all others, alone. One that has done so kMostDeaths times is
/// not run again: errors: RunError on every rank, naming such tasks, once all others are done; a repeat tries them
/// again.
std::optional<std::vector<mpi::Bytes>> run_pass(const PassContext& context, const PassTasks& tasks,
                                                const mpi::Work& work);

}  // namespace gridmill::jobs
