#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "jobs/run/observer.hpp"
#include "jobs/run/stop_request.hpp"
#include "jobs/search/search_journal.hpp"
#include "jobs/search/search_plan.hpp"
#include "mpi/session.hpp"
#include "mpi/task_farm.hpp"
#include "search/evaluate.hpp"

namespace gridmill::jobs {

struct SearchFarmOptions {
  StopRequest stop;
  std::filesystem::path journal_file;  // where a rank that crashes says so
  std::function<void()> last_words;    // on rank 0, before it leaves with fits under way
  std::optional<double> error_score;   // of bundles that ended their rank too often; none: a failed fit ends the search
};

struct FarmedSearch {
  mpi::FarmEnd end = mpi::FarmEnd::done;
  std::vector<search::FitRecord> records;  // on rank 0: each (candidate, fold) once if `end` is done
};

/// Evaluates all bundles that the journal does not hold, on all ranks, and journals each as it comes in.
///
/// A bundle that has crashed its rank is run after all others, alone. After SearchJournal::kMostDeaths crashes its fits
/// count as failed.
/// Collective; `journal` is on rank 0, null elsewhere; valid on every rank: `end`.
/// Errors: RunError for a failed fit when there is no error_score; what run_farm throws.
FarmedSearch farm_search(const PlannedSearch& planned, search::Evaluator& evaluator, SearchJournal* journal,
                         mpi::Session& session, const SearchFarmOptions& options, Observer& observer);

}  // namespace gridmill::jobs
