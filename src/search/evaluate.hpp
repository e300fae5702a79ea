#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/dataset.hpp"
#include "models/family/model.hpp"
#include "prepare/steps.hpp"
#include "search/fit_record.hpp"
#include "search/fitted_pipeline.hpp"
#include "search/kept_fits.hpp"
#include "search/plan.hpp"

namespace gridmill::search {

/// A candidate fitted on all samples: what the steps before the model have learnt, and the fit on what they make.
struct Refit {
  prepare::FittedSteps steps;
  std::unique_ptr<models::Fit> fit;
  std::size_t n_steps = 0;  // along the free axis, where early stopping has chosen them; else 0
};

/// A candidate fitted on the training rows of a fold, free of the Trainer.
struct FoldModel {
  FittedPipeline pipeline;
  std::vector<std::size_t> classes;  // codes seen in training, ascending; empty for regression
};

/// Evaluates bundles of one plan on one dataset; owns a Trainer for each family, so keep it for as long as the rank
/// works.
///
/// The plan may grow by rounds meanwhile, of candidates the Trainers were told of. The steps before the model are
/// learnt once for a fold and a setting, whatever candidates follow; their time counts as part of the fit that asked
/// first. One prediction of the test rows (and of the training rows if train scores are wanted) serves all scorers.
/// Sample weights, where the data has them, count in the fit and in every score (scikit-learn 1.2.1 leaves the scores
/// unweighted, later versions weight them too). Not thread-safe. Deterministic, times aside: a record depends on the
/// plan, the data and its own ids only.
class Evaluator {
 public:
  /// Makes the Trainers, which are told all candidates of their families and share `resources.memory_bytes` out (see
  /// family_shares.hpp): collective over the sharers of `resources.memory`.
  /// `plan`, `data` and `resources.memory` must outlive it.
  Evaluator(const SearchPlan& plan, const core::Dataset& data, const models::Resources& resources);
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  /// From now on fits that take long keep what they have learnt there, and go on from what was kept. Null: no more.
  void keep_long_fits(KeptFits* kept);

  /// Makes each fit of the bundle, in its order, and scores it on each of its trials: one record a trial.
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

  /// Fits `candidate` on the training part of `fold`, as predict_fold does. Errors: models::FitError.
  [[nodiscard]] FoldModel fold_model(std::size_t candidate, std::size_t fold);

  /// Says whether the predictions of a fit that was scored here are remembered: in FitMode::exact, where a later fit
  /// would give the same bits, as long as all of them together take no more than 16 MiB.
  [[nodiscard]] bool remembers(std::size_t candidate, std::size_t fold) const;

  /// Fits `candidate` on all samples, without a time limit; its seed is that of a fold after those of its round.
  /// Errors: models::FitError.
  /// `start`: the mean of the folds' duals over those that trained a sample; FitMode::converged only, may be empty.
  /// The result must not outlive this.
  [[nodiscard]] Refit refit(std::size_t candidate, bool probability, std::span<const double> start = {},
                            std::span<const FitRecord> records = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gridmill::search
