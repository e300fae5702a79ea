#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "config/search_config.hpp"
#include "core/error.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/run/offer.hpp"
#include "jobs/run/stop_request.hpp"
#include "jobs/search/run_directory.hpp"
#include "jobs/search/search_shard.hpp"
#include "mpi/session.hpp"

namespace gridmill::jobs {

/// How to run a search, beside what to search.
struct SearchRun {
  IfOther if_other = IfOther::refuse;
  bool dry_run = false;            // only say what would be done
  const Offers* offers = nullptr;  // of a dry run: machines elsewhere that it is to tell of; null: none
  std::size_t n_ranks = 1;         // for a dry run: as many as there would be, on this node
  StopRequest stop;                // keep what is finished, and the rest for later
  std::optional<search::Shard> shard = std::nullopt;  // do this share of it only; none: all
  std::string merge = {};                             // with a shard: the command that puts all of them together
  const ShardsToMerge* shards = nullptr;              // on rank 0: take their results over; null: there are none
};

/// Searches: reads the data, evaluates every candidate on every fold on all ranks, picks the best, fits it again,
/// reports on held-out data, writes the run directory. Repeating it resumes; a finished search is only told again.
///
/// A shard ends with its results in the journal, and writes neither tables nor a model.
///
/// Collective over all ranks; `observer` is used on rank 0. Returns the same code everywhere: done; incomplete when
/// some fit failed or no candidate has a score; stopped when asked to stop with work left.
/// Errors: UserError, RunError, InternalError, the same on every rank; UserError for a shard of a search of several
/// rounds, and where shards to be merged lack a result.
/// Deterministic: what is written does not depend on the number of ranks or on interruptions, timings, hosts and ranks
/// aside (which stand in columns and groups of their own).
core::ExitCode run_search(const config::SearchJob& job, const SearchRun& run, mpi::Session& session,
                          Observer& observer);

}  // namespace gridmill::jobs
