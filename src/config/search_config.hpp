#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/memory_limit.hpp"
#include "config/source.hpp"
#include "core/dataset.hpp"
#include "core/error.hpp"
#include "core/value.hpp"
#include "models/family/model.hpp"
#include "search/candidates.hpp"
#include "search/early_stopping.hpp"
#include "search/folds.hpp"
#include "search/halving.hpp"
#include "search/holdout.hpp"
#include "search/nested.hpp"

namespace gridmill::config {

/// What a row must be like to be taken.
struct RowCondition {
  std::string column;
  std::string comparison;  // "==", "!=", "<", "<=", ">", ">=", "isin"
  core::Value value;       // a list for isin

  friend bool operator==(const RowCondition&, const RowCondition&) = default;
};

/// Which rows and columns a model learns from (section `data`).
struct DataOptions {
  SourceOptions source;
  std::string target;                 // column to predict; empty: that of LIBSVM text, which names none
  std::vector<std::string> features;  // columns to learn from; empty: all that have no other role
  std::vector<std::string> ignore;    // columns to leave out
  std::string weight;                 // column of sample weights, each >= 0; empty: all 1
  std::string group;                  // column of groups that folds keep together; empty: none
  std::string fold;                   // column of fold numbers for `cv: predefined`; empty: none
  std::vector<RowCondition> filter;   // rows must meet all of them
  std::string time;                   // column that rows are sorted by; empty: none
  std::optional<std::size_t> sample;  // take so many rows only, to try things out; none: all
  search::RowOrder order = search::RowOrder::kept;
  search::HoldoutOptions holdout;  // rows held out for the final report
  std::filesystem::path test;      // file held out instead, format as `source`; empty: none
  core::Value positive;  // label that binary metrics call positive; null: 1 if there is such a label (as scikit-learn),
                         // else the greatest

  friend bool operator==(const DataOptions&, const DataOptions&) = default;
};

/// Which candidates a random search draws.
struct RandomOptions {
  std::vector<search::RandomAxes> axes;  // one per mapping of `grid`, in order; never empty
  std::optional<std::size_t> n = 10;     // candidates to draw; none: as many as halving has resources for
  std::uint32_t seed = 0;                // of the draws; by default the job's
};

/// Which candidate is fitted again on all training rows.
struct RefitOptions {
  enum class Rule { none, best, one_standard_error };
  Rule rule = Rule::best;
  std::string metric;  // one of SearchOptions::scoring; empty for `none`

  friend bool operator==(const RefitOptions&, const RefitOptions&) = default;
};

/// How many out-of-fold predictions are kept.
enum class KeepPredictions {
  automatic,  // of all candidates of a single round where they take little memory, else of the best
  best,
  all,
};

/// What is tried and how it is judged (section `search`).
struct SearchOptions {
  std::vector<search::GridAxes> grids = {{}};     // one per mapping of `grid`, in order; empty for a random search
  std::optional<RandomOptions> random;            // set: a random search; `grids` is empty then
  std::optional<search::HalvingOptions> halving;  // set: not all candidates get all rows at once
  search::FoldOptions folds;                      // kind already chosen by the model's task
  std::optional<search::NestedOptions> nested;    // set: the search is judged on rows it has not seen
  std::optional<search::EarlyStopping> early_stopping;  // set: fits end where they get no better
  std::string learning_curves;                          // metric in which fits tell how they went; empty: none do
  std::vector<std::string> scoring;                     // names of scorers that fit the task; never empty
  bool scoring_is_list = false;  // as the config writes it: also one metric names the columns of cv_results
  RefitOptions refit;
  std::optional<double> error_score = std::numeric_limits<double>::quiet_NaN();  // of failed fits; none: stop
  bool train_scores = false;
  KeepPredictions predictions = KeepPredictions::automatic;
  std::size_t n_permutations = 0;  // shuffles of each feature by which permutation importances are measured; 0: none
  double fit_time_limit_s = 0;     // 0: none
  models::FitMode mode = models::FitMode::exact;
};

/// Everything `gridmill search` needs to know, checked and with all defaults filled in.
struct SearchJob {
  std::filesystem::path output;  // run directory, as the user wrote it
  std::uint32_t seed = 0;        // root of all seeds
  DataOptions data;
  std::string model;   // of candidates that name none, a name models::find_family knows; empty: all name one
  core::Params fixed;  // hyperparameters of all candidates whose model has them, as given; checked
  SearchOptions search;
  MemoryLimit memory_limit;
  std::map<std::string, core::Location> places;  // of what is given, for what the data contradicts: "search.cv"

  /// Returns where an option ("search.cv") is written; no place where it is not given.
  [[nodiscard]] core::Location place(const std::string& option) const;
  /// The same of a hyperparameter, in the grid or else in the model.
  [[nodiscard]] core::Location place_of_hyperparameter(const std::string& name) const;
  /// Returns the models that candidates are of, each once, in the order of the grids that name them.
  [[nodiscard]] std::vector<const models::Family*> families() const;
  [[nodiscard]] core::Task task() const;  // of the models
};

/// Two jobs are equal when everything a user can set is: the output and the memory limit included.
bool operator==(const SearchJob& a, const SearchJob& b);

}  // namespace gridmill::config
