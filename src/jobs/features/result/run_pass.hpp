#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/run/observer.hpp"
#include "jobs/run/stop_request.hpp"
#include "jobs/run/task_journal.hpp"
#include "mpi/session.hpp"
#include "mpi/task_farm.hpp"

namespace gridmill::jobs {

/// Where it is kept what tasks are to blame for.
struct PassBlame {
  TaskJournal* journal = nullptr;   // on rank 0, begun; null: nothing is kept
  std::filesystem::path file = {};  // of the journal, the same on every rank
  std::uint32_t epoch = 0;          // of the launch, likewise
  std::uint64_t fingerprint = 0;    // of all that the tasks of the job depend on, likewise
};

/// What a pass over the rows has: a task each, on all ranks.
struct PassContext {
  mpi::Session& session;
  Observer& observer;
  StopRequest stop = {};
  std::function<void()> last_words = {};            // on rank 0, before it leaves with a task under way
  std::vector<mpi::RankReport>* reports = nullptr;  // gets, on rank 0, what the ranks report of each pass
  PassBlame blame = {};
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
