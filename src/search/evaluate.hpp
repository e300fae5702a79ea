#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/value.hpp"
#include "models/model.hpp"
#include "models/scorer.hpp"
#include "search/folds.hpp"

namespace gridmill::search {

/// The search as a value: everything a rank needs to evaluate any of its tasks.
struct SearchPlan {
  const models::Family* family = nullptr;
  core::Params fixed;                          // hyperparameters common to all candidates
  std::vector<core::Params> candidates;        // by candidate id
  std::vector<Fold> folds;                     // by fold id
  std::vector<const models::Scorer*> scorers;  // by metric id
  std::size_t positive = 1;                    // class code of binary metrics
  bool train_scores = false;
  bool keep_predictions = false;  // out-of-fold predictions of every candidate
  double fit_time_limit_s = 0;    // 0: none
  double error_score = 0;         // NaN by default in the config
  std::uint64_t seed = 0;
};

/// Candidates that share work in one fold: the unit that is handed to a rank. Cut by the plan alone.
struct Bundle {
  std::size_t fold = 0;
  std::vector<std::size_t> candidates;  // in the order in which they are best fitted
  double cost = 0;                      // predicted, arbitrary unit
};

/// Returns the bundles that cover every (candidate, fold) once; a function of the plan only.
std::vector<Bundle> make_bundles(const SearchPlan& plan, const core::Dataset& data);

/// The result of one fit on one fold.
struct FitRecord {
  std::size_t candidate = 0;
  std::size_t fold = 0;
  models::FitStatus status = models::FitStatus::ok;
  std::string message;               // why it failed or what scikit-learn would warn of; empty: nothing to say
  std::vector<double> test_scores;   // by metric id
  std::vector<double> train_scores;  // by metric id; empty unless asked for
  double fit_time_s = 0;
  double score_time_s = 0;
  double start_s = 0;  // seconds since 1970 UTC
  double end_s = 0;
  models::Certificate certificate;
  models::Prediction prediction;  // of the fold's test samples, if kept
};

/// Evaluates bundles of one plan on one dataset; owns the Trainer, so keep it for as long as the rank works.
class Evaluator {
 public:
  /// `plan` and `data` must outlive it.
  Evaluator(const SearchPlan& plan, const core::Dataset& data, const models::Resources& resources);
  ~Evaluator();

  /// Fits and scores each candidate of the bundle. A fit that fails becomes a record with `error_score`.
  [[nodiscard]] std::vector<FitRecord> evaluate(const Bundle& bundle);

  /// Fits `candidate` on all samples.
  [[nodiscard]] std::unique_ptr<models::Fit> refit(std::size_t candidate, bool probability);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gridmill::search
