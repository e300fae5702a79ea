#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/dataset.hpp"
#include "core/value.hpp"
#include "models/family/model.hpp"
#include "models/scorer.hpp"
#include "prepare/steps.hpp"
#include "search/candidates.hpp"
#include "search/fit_record.hpp"
#include "search/folds.hpp"

namespace gridmill::search {

/// The search as a value: everything a rank needs to evaluate any of its tasks.
struct SearchPlan {
  const models::Family* family = nullptr;
  core::Params fixed;                    // hyperparameters common to all candidates
  std::vector<core::Params> candidates;  // by candidate id
  ParamOrder param_order = ParamOrder::by_name;
  std::vector<Fold> folds;                     // by fold id
  std::vector<const models::Scorer*> scorers;  // by metric id
  bool named_scores = false;                   // one scorer, too, is called by its name in cv_results, not "score"
  std::size_t positive = 1;                    // class code of binary metrics
  bool train_scores = false;
  bool keep_predictions = false;  // out-of-fold predictions of every candidate
  double fit_time_limit_s = 0;    // 0: none
  models::FitMode mode = models::FitMode::exact;
  double error_score = 0;  // NaN by default in the config
  std::uint64_t seed = 0;
};

/// Candidates that share work in one fold: the unit that is handed to a rank. Cut by the plan alone.
struct Bundle {
  std::size_t fold = 0;
  std::vector<std::size_t> candidates;  // in the order in which they are best fitted
  double cost = 0;                      // predicted, arbitrary unit
};

/// Returns the hyperparameters `candidate` is fitted with: the plan's fixed ones and its own, which win.
core::Params params_of(const SearchPlan& plan, std::size_t candidate);

/// Returns what a trainer is told of all candidates.
std::vector<models::Candidate> told_candidates(const SearchPlan& plan);

/// Returns the seed of one fit, from (root seed, candidate, fold); the refit on all samples counts as fold n_folds.
std::uint64_t fit_seed(std::uint64_t root, std::size_t candidate, std::size_t fold);

/// Returns the bundles that cover every (candidate, fold) once: those of a sharing key side by side, the costliest key
/// first and of a key the costliest bundle.
///
/// A bundle holds candidates with one sharing key in one fold, cheapest first (the order of warm starts). Those of a
/// key are cut into pieces of at most 1/64 of the whole, so that many ranks can share the work, but into two or pieces
/// of three candidates on average at the finest; the costliest candidates are cut off first.
/// Deterministic: depends on the plan and the shape of the data only, never on the number of ranks.
/// Cost: O(n_candidates x n_folds) calls of Family::cost and a sort.
std::vector<Bundle> make_bundles(const SearchPlan& plan, const core::Dataset& data);

/// Returns what all scorers of the plan together need predicted.
models::Outputs outputs_of(const SearchPlan& plan);

/// A candidate fitted on all samples: what the steps before the model have learnt, and the fit on what they make.
struct Refit {
  prepare::FittedSteps steps;
  std::unique_ptr<models::Fit> fit;
};

/// Evaluates bundles of one plan on one dataset; owns the Trainer, so keep it for as long as the rank works.
///
/// The steps before the model are learnt once for a fold and a setting, whatever candidates follow; their time counts
/// as part of the fit that asked first. One prediction of the test rows (and of the training rows if train scores are
/// wanted) serves all scorers. Sample weights, where the data has them, count in the fit and in every score
/// (scikit-learn 1.2.1 leaves the scores unweighted, later versions weight them too). Not thread-safe. Deterministic,
/// times aside: a record depends on the plan, the data and its own ids only.
class Evaluator {
 public:
  /// Makes the Trainer, which is told all candidates: collective over the sharers of `resources.memory`.
  /// `plan`, `data` and `resources.memory` must outlive it. Where `resources.fold_of` is empty it is filled in from the
  /// plan's folds.
  Evaluator(const SearchPlan& plan, const core::Dataset& data, const models::Resources& resources);
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  /// Fits and scores each candidate of the bundle, in its order.
  ///
  /// A fit that fails (models::FitError) or runs into the plan's time limit gives `error_score` for every metric and
  /// says why; a metric that has no value there gives `error_score` for itself. Other exceptions pass through.
  [[nodiscard]] std::vector<FitRecord> evaluate(const Bundle& bundle);

  /// Fits `candidate` on the training part of `fold` and predicts its test part, with the outputs the scorers need.
  /// The same predictions as those scored (FitMode::converged: within its tolerance); those are returned where they are
  /// remembered and no dual is wanted. Errors: models::FitError.
  /// `dual`: if not null, receives the fit's models::Fit::dual.
  [[nodiscard]] models::Prediction predict_fold(std::size_t candidate, std::size_t fold,
                                                std::vector<double>* dual = nullptr);

  /// Says whether the predictions of a fit that was scored here are remembered: in FitMode::exact, where a later fit
  /// would give the same bits, as long as all of them together take no more than 16 MiB.
  [[nodiscard]] bool remembers(std::size_t candidate, std::size_t fold) const;

  /// Fits `candidate` on all samples, without a time limit. Errors: models::FitError.
  /// `start`: the mean of the folds' duals over those that trained a sample; FitMode::converged only, may be empty.
  /// The result must not outlive this.
  [[nodiscard]] Refit refit(std::size_t candidate, bool probability, std::span<const double> start = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gridmill::search
