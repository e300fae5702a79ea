#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "jobs/run/observer.hpp"
#include "jobs/run/stop_request.hpp"
#include "jobs/search/search_journal.hpp"
#include "jobs/search/search_plan.hpp"
#include "mpi/session.hpp"
#include "mpi/task_farm.hpp"
#include "search/evaluate.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

struct SearchFarmOptions {
  StopRequest stop;
  std::filesystem::path journal_file;  // where a rank that crashes says so
  std::uint32_t epoch = 0;             // of this launch; on rank 0
  std::function<void()> last_words;    // on rank 0, before it leaves with fits under way
  std::optional<double> error_score;   // of bundles that ended their rank too often; none: a failed fit ends the search
};

/// What ranks have measured of their work, added up over farms; by rank. On rank 0, empty elsewhere.
using RankReports = std::vector<mpi::RankReport>;

/// Evaluates bundles on all ranks, round after round, and keeps each trial's record.
///
/// A trial that is known, from the journal or from an earlier round, is not done again. A bundle that has crashed its
/// rank is run after all others, alone; after kMostDeaths crashes its fits count as failed.
class SearchFarm {
 public:
  /// `journal`: on rank 0 only; null: nothing is kept on the disk. `n_trials`, `cost`: of all that will be run, for the
  /// progress. Collective; all must outlive it.
  SearchFarm(const PlannedSearch& planned, search::Evaluator& evaluator, SearchJournal* journal, mpi::Session& session,
             const SearchFarmOptions& options, Observer& observer);
  ~SearchFarm();
  SearchFarm(const SearchFarm&) = delete;
  SearchFarm& operator=(const SearchFarm&) = delete;

  /// Evaluates the bundles of some rounds. Collective; valid on every rank.
  /// Errors: RunError for a failed fit when there is no error_score; what run_farm throws.
  mpi::FarmEnd run(std::span<const search::Bundle> bundles);

  /// Returns the scores of a round that has been run, by candidate, fold, metric: those that each rank holds, brought
  /// together. Once a round. Collective; valid on every rank, the same bits on each.
  std::vector<double> scores(const search::Round& round);

  /// Returns each trial that was run once. On rank 0, empty elsewhere; the last call.
  std::vector<search::FitRecord> take_records();
  [[nodiscard]] const RankReports& reports() const { return reports_; }

 private:
  class Collector;

  const PlannedSearch& planned_;
  search::Evaluator& evaluator_;
  mpi::Session& session_;
  SearchFarmOptions options_;
  Observer& observer_;
  std::unique_ptr<Collector> collector_;               // on rank 0
  std::map<search::Trial, std::vector<double>> held_;  // test scores of trials that this rank has made
  RankReports reports_;
};

}  // namespace gridmill::jobs
