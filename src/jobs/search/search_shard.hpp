#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <unordered_set>
#include <vector>

#include "config/search_config.hpp"
#include "io/files/journal.hpp"
#include "jobs/search/fit_keys.hpp"
#include "jobs/search/search_journal.hpp"
#include "jobs/search/search_plan.hpp"
#include "search/shard.hpp"

namespace gridmill::jobs {

/// Refuses a search that cannot be done in shards: what later rounds try depends on the scores of all candidates.
/// Errors: UserError naming the option and its place.
void refuse_rounds_in_shards(const config::SearchJob& job);

/// Leaves in the plan the work of one shard. The plan itself stays whole: seeds, and what fits are told of the others,
/// are those of the whole search. Returns which share of it that is: "3 of 8: 40 of 320 fits".
std::string keep_shard(PlannedSearch& planned, const search::Shard& shard);

/// Returns how many trials of the planned bundles these results do not tell of.
std::size_t n_unknown(const PlannedSearch& planned, const std::vector<SearchJournal::Known>& known);

/// The shards of one search, all of them, done, of which a whole search is to be made.
struct ShardsToMerge {
  io::JournalOrigin origin;                    // of all their journals
  std::vector<std::filesystem::path> folders;  // of shard 1, shard 2, ...
  std::vector<SearchJournal::Known> known;     // all results
};

/// Checks that the shards are of this search and that no result of its first rounds is missing.
/// Errors: UserError saying which shard lacks how many, with the way out; that the data has changed.
void check_shards(const ShardsToMerge& shards, const PlannedSearch& planned, const io::JournalOrigin& origin);

}  // namespace gridmill::jobs
