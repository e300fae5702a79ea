#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/value.hpp"

namespace gridmill::jobs {

enum class RunState {
  working,     // somebody holds the folder
  heard_of,    // another machine works there, as it seems: whether it holds the folder cannot be seen from here
  finished,    // all is there; some tasks may have failed
  stopped,     // in order, on request, with work left
  failed,      // it ended with an error
  unfinished,  // it was killed, and nobody works on it
};

/// What can be told of a run directory by looking at it.
struct RunStatus {
  std::filesystem::path folder;
  std::string job;    // "search", "features"
  std::string model;  // of a search; several with commas between them
  std::string shard;  // "3 of 8"; empty: the run is no shard of a search
  RunState state = RunState::unfinished;
  std::string stage;       // the last one
  std::size_t done = 0;    // of the stage, in its unit
  std::size_t total = 0;   // 0: not known
  std::size_t failed = 0;  // of `done`
  std::string unit;        // empty: nothing is known of `done`
  double per_second = 0;   // 0: not known
  std::optional<double> seconds_left;
  std::string metric;                            // of `score`; empty: none
  std::optional<double> score;                   // the best so far
  std::map<std::string, std::int64_t> ranks_on;  // by host; of the last launch
  std::set<std::string> leaving;                 // of these hosts: about to be taken away
  std::size_t n_ranks = 0;
  std::size_t n_launches = 0;
  double worked_s = 0;            // all launches together
  std::optional<double> last_at;  // time of the last event [s since 1970]
  std::string last_event;         // in a few words
  std::string error;              // with which the last launch ended
  std::string command;            // that goes on; empty: not known
  std::string command_folder;     // where to give it
};

/// Looks at a run directory; changes nothing, and needs no lock. `now`: seconds since 1970.
/// Errors: UserError if it is none.
RunStatus run_status(const std::filesystem::path& folder, double now);

/// Says whether a folder holds a run that is finished.
bool is_finished_run(const std::filesystem::path& folder);

/// Looks at all run directories in a folder and in those in it, three levels deep; by path.
/// Errors: UserError if the folder cannot be read.
std::vector<RunStatus> run_statuses(const std::filesystem::path& folder, double now);

std::string state_name(RunState state);

/// Returns all of it for JSON.
core::Value to_value(const RunStatus& status, double now);

}  // namespace gridmill::jobs
