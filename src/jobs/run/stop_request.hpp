#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "jobs/run/observer.hpp"
#include "mpi/session.hpp"
#include "mpi/task_farm.hpp"

namespace gridmill::jobs {

/// The time that a command may take.
struct TimeBudget {
  std::chrono::system_clock::time_point end;
  std::string words;  // "the budget of 2 hours"
};

/// The wish that a job stops, and the way out while a task still runs.
struct StopRequest {
  const std::atomic<bool>* wanted = nullptr;  // set by a signal handler, on any rank; null: never
  /// The same, with tasks at work to be waited for; heard while tasks take less than a minute.
  const std::atomic<bool>* pause = nullptr;
  /// Ends the process in order though a thread of it still computes; does not return. Collective.
  /// Empty: a task that runs is waited for.
  std::function<void()> leave = {};
  /// Nothing is begun that would not end in time, as far as that can be foreseen; what is at work then is left as after
  /// a wish to stop. None: there is time.
  std::optional<TimeBudget> budget = {};
};

/// Returns what a job says when it has stopped with work left; on rank 0.
const char* stopped_text(const StopRequest& stop);

/// Returns "120 of 500 fits are done, the others take some 40 min more with as many ranks".
std::string how_far(const Progress& progress);

/// Runs a farm (mpi::run_farm) that ends within half a second after a wish to stop, however long its tasks take.
///
/// Tasks that end in time are collected. Where one does not, `last_words` is called on rank 0, and then every rank
/// leaves: a task may refer to what its caller holds, so it cannot be returned from. Nothing in a task needs to look
/// for the wish, and so nothing can fail to. Machines that are about to be taken away get no more tasks; `observer` and
/// our own launcher are told of them. Where the budget ends the farm, `observer` hears how far it is: `progress` says
/// so on rank 0. Collective; valid on every rank.
mpi::FarmReport run_stoppable_farm(mpi::Session& session, mpi::Plan plan, const mpi::Work& work, mpi::FarmHooks hooks,
                                   const StopRequest& stop, Observer& observer,
                                   const std::function<Progress()>& progress, const std::function<void()>& last_words);

}  // namespace gridmill::jobs
