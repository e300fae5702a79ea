#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "config/search_config.hpp"
#include "core/dataset.hpp"
#include "jobs/search/search_farm.hpp"
#include "jobs/search/search_findings.hpp"
#include "jobs/search/search_plan.hpp"
#include "mpi/session.hpp"
#include "search/candidate_scores.hpp"
#include "search/cv_results.hpp"

namespace gridmill::jobs {

/// Candidates of a table, by id.
struct Choice {
  std::optional<std::size_t> best;    // with the best score; none: no candidate has one
  std::optional<std::size_t> chosen;  // to fit again; none: there is no refit
};

/// What a search comes to. No file has been written but what the farm's journal keeps.
struct SearchOutcome {
  mpi::FarmEnd end = mpi::FarmEnd::done;   // all else is valid if all was done
  std::vector<search::FitRecord> records;  // of all trials; on rank 0
  search::CvResults table;                 // on rank 0
  Choice choice;
  std::optional<NestedScore> nested;
  RankReports reports;  // on rank 0
};

/// Runs the planned search round by round, to its end or a stop.
///
/// The plan grows by its rounds, the same on every rank. After each round the scores that the ranks hold come together
/// by a reduction, and every rank knows what is to be tried next. Collective; valid on every rank but for what is said
/// to be on rank 0. Deterministic, times aside. Errors: as SearchFarm::run.
SearchOutcome search(const config::SearchOptions& options, PlannedSearch& planned, const core::Dataset& data,
                     SearchFarm& farm, mpi::Session& session);

}  // namespace gridmill::jobs
