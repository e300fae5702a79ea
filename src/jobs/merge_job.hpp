#pragma once

#include <filesystem>
#include <vector>

#include "core/error.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/search_job.hpp"
#include "mpi/session.hpp"

namespace gridmill::jobs {

/// Makes the run directory of a whole search of those of its shards, in any order: takes their results over and ends
/// the search as one that did them itself, with tables, the best candidate fitted again, and the report on held-out
/// data. Of nested cross-validation it judges the choices, too. The shards stay as they are.
///
/// Nothing of what shards do is done here. `run`: as for a search; its shard and shards are set by this.
/// Collective over all ranks. Returns what a search does.
/// Errors: UserError when a folder is no shard, shards are of different searches, data or programs (names what
/// differs), one is missing or named twice; RunError when some are not done (with the commands that go on); else as
/// run_search.
/// Deterministic: all but times, hosts and ranks is as in the run directory of one search.
core::ExitCode run_merge(const std::vector<std::filesystem::path>& shards, const std::filesystem::path& output,
                         SearchRun run, mpi::Session& session, Observer& observer);

}  // namespace gridmill::jobs
