#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/search_config.hpp"
#include "core/dataset.hpp"
#include "jobs/dataset/word_columns.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/search/search_memory.hpp"
#include "models/family/model.hpp"
#include "mpi/session.hpp"
#include "search/plan.hpp"
#include "search/studies.hpp"

namespace gridmill::jobs {

/// A search ready to run, the same on every rank: a function of the config and the data alone.
struct PlannedSearch {
  search::SearchPlan plan;                 // with the first rounds; it grows
  std::optional<search::Studies> studies;  // always there; what comes after the first rounds
  std::vector<search::Round> first;        // the first rounds
  std::vector<search::Bundle> bundles;     // of the first rounds
  std::size_t n_trials = 0;                // of all rounds
  double cost = 0;                         // of all rounds, predicted: see Bundle::cost, and cost_of_family
  std::size_t chosen_by = 0;               // metric id that ranks candidates
  PreparationMemory preparation;           // of the candidates that may be tried
  std::vector<std::string> warnings;       // of the folds
};

/// Returns the cost of the fits of one family. Each family has a unit of its own: costs of two do not add up to a time.
/// Those of later rounds are taken to be in the same proportion as those of the first.
double cost_of_family(const PlannedSearch& planned, const models::Family& family);

/// Draws candidates and folds, looks up family and scorers, checks that they fit the data.
/// Errors: UserError where folds cannot be made or a metric needs two classes and there are more (or fewer).
PlannedSearch plan_search(const config::SearchJob& job, const core::Dataset& data);

/// Returns what `--dry-run` and the start of a search say: candidates, fits, bundles, ranks, memory.
/// `resources`: what the fits will be given; its candidates are filled in.
std::vector<Fact> plan_facts(const config::SearchJob& job, const PlannedSearch& planned, const core::Dataset& data,
                             const models::Resources& resources, const mpi::Place& place);

/// Returns "1797 rows x 64 features", with what kinds they are of.
std::string data_words(const core::Dataset& data);

/// True if some scorer needs probabilities of the candidate's model, or it gives them at no cost.
bool wants_probability(const search::SearchPlan& plan, std::size_t candidate);

/// Says whether what LIBSVM text leaves out is missing (the family takes it so), not 0.
bool absent_is_missing(const config::SearchJob& job);

/// True if no candidate of the job changes the features before it fits, so that their 0s stay 0.
bool all_candidates_leave_features(const config::SearchJob& job);

/// Returns what all candidates of the job make of columns: whether the data may have missing values, and words.
FeatureUse feature_use(const config::SearchJob& job);

}  // namespace gridmill::jobs
