#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/run_file.hpp"
#include "core/error.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/run/offer.hpp"
#include "jobs/run/run_folder.hpp"
#include "jobs/run/stop_request.hpp"
#include "mpi/session.hpp"

namespace gridmill::jobs {

/// The names of what a run may do, in order: "import", "features", "search", "predict".
std::vector<std::string> stage_names();

/// How to do all that a config asks for.
struct WholeRun {
  IfOther if_other = IfOther::refuse;
  bool dry_run = false;            // only say what would be done, as far as that can be known
  const Offers* offers = nullptr;  // of a dry run: machines elsewhere that it is to tell of; null: none
  std::size_t n_ranks = 1;         // for a dry run: as many as there would be, on this node
  std::string until;               // name of the last stage; empty: all
  std::string again;               // the command that goes on, for what is said at an end before the last
  /// Returns the wish to stop of a stage that works in `folder`. An import, which writes one file, is given that file:
  /// it does not listen, and may be ended anywhere.
  std::function<StopRequest(std::string_view stage, const std::filesystem::path& folder)> stop_request;
};

/// Does what the sections of a config ask for, in order: import, features, search, predict. Each goes on where an
/// earlier run stopped, and tells again what is finished. Ends with the first that does not end with `done`; the
/// observer is told which commands go on.
///
/// Collective over all ranks; `observer` is used on rank 0. Returns the same code everywhere.
/// Errors: those of the jobs, the same on every rank; UserError for a config without any section, an unknown `until`,
/// and all that is wrong with any section, before anything is done.
core::ExitCode run_all(const config::RunFile& file, const WholeRun& run, mpi::Session& session, Observer& observer);

/// Returns the config that `gridmill run` has left in a run directory; nothing where it has not.
std::optional<config::RunFile> config_of_run(const std::filesystem::path& folder);

}  // namespace gridmill::jobs
