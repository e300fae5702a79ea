#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/value.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/run/work_of_ranks.hpp"
#include "jobs/search/permutation_importance.hpp"
#include "models/family/model.hpp"
#include "prepare/steps.hpp"
#include "search/cv_results.hpp"
#include "search/early_stopping.hpp"
#include "search/fit_record.hpp"
#include "search/honest_score.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

/// What nested cross-validation says of the search: how good a model it finds is on rows that it has not seen.
struct NestedScore {
  std::string metric;
  std::vector<double> scores;  // by outer fold; NaN where no candidate had a score, or the choice could not be fitted
  double mean = 0;
  double deviation = 0;
  std::vector<std::optional<core::Params>> best_params;  // by outer fold, of its choice; none: there is none
};

/// The score to expect of the best candidate on new rows.
struct HonestFinding {
  std::string metric;
  search::HonestScore score;
};

/// Candidates that are not worse than the best one beyond chance.
struct EqualFinding {
  std::string metric;
  std::size_t n_compared = 0;     // candidates
  std::vector<std::size_t> rows;  // of cv_results, ascending; the best one is among them
  std::size_t simplest = 0;       // of those of the best one's family the row that costs least to fit
  core::Params simplest_params;
};

/// What a finished search has found, for the user and for summary.json.
struct SearchFindings {
  std::optional<std::size_t> sample = {};  // all was learnt from so many rows only, to try things out
  std::size_t n_fits = 0;
  std::size_t n_failed = 0;
  bool refit_failed = false;
  std::vector<std::string> warnings;
  Leaderboard leaderboard;
  std::optional<std::size_t> best;  // row of cv_results of the candidate with the best score, or of the chosen one;
                                    // none: no candidate has a score
  core::Params best_params;
  std::optional<double> best_score;   // its mean over the folds in the metric that chooses
  std::vector<TextBlock> blocks;      // report on held-out data
  core::Value held_out;               // mapping of scores on held-out data; null: none was held out
  std::vector<HonestFinding> honest;  // by metric, the one that chooses first; empty: the predictions do not tell
  std::optional<EqualFinding> equal;  // none: there is nothing to compare
  std::optional<NestedScore> nested;
  core::Value early_stopping;  // mapping: what was watched, and the rounds of the refit; null: there was none
  core::Value importances;     // mapping: by way of measuring, the features that matter most; null: the model says none
  core::Value permutation;     // mapping: importances by permutation, the greatest ones; null: none were asked for
  std::optional<Work> work;    // none: an earlier version's
};

/// Returns the first rows of the table, by rank in metric `chosen_by`, ties by row; and the row of the candidate that
/// is fitted again, if it is not among them. Of several rounds, candidates of later ones come first, whatever their
/// rank, as they were judged by more; what each was given is shown beside its parameters. `chosen`: a row.
Leaderboard make_leaderboard(const search::SearchPlan& plan, const search::CvResults& results, std::size_t chosen_by,
                             std::size_t n_rows, std::optional<std::size_t> chosen);

/// Adds what the steps before the model are to tell, as a block. `features`: the names of those they take.
void describe_steps(const prepare::FittedSteps& steps, const std::vector<std::string>& features,
                    SearchFindings& findings);

/// Adds what the model makes of each feature: all ways of measuring, the features that matter most.
void describe_importances(const std::vector<models::Importance>& importances, const std::vector<std::string>& features,
                          SearchFindings& findings);

/// Adds importances by permutation: the features that matter most, each with its spread.
void describe_permutation(const PermutationImportance& permutation, const std::vector<std::string>& features,
                          SearchFindings& findings);

/// Adds what was watched, and how many rounds the model has that is fitted again; 0: there is none.
void describe_early_stopping(const search::EarlyStopping& stopping, std::size_t n_rounds, SearchFindings& findings);

core::Value to_value(const SearchFindings& findings);
/// Returns what `to_value` was given. Errors: UserError if it was not such.
SearchFindings findings_from(const core::Value& summary);

/// Returns what is to be known of results of a sample of `n` rows.
std::string sample_words(std::size_t n);

/// Tells the user: warnings, leaderboard, held-out report.
void tell(const SearchFindings& findings, Observer& observer);

}  // namespace gridmill::jobs
