#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "models/family/model.hpp"
#include "mpi/transport.hpp"
#include "search/evaluate.hpp"

namespace gridmill::jobs {

/// What a candidate predicts for each test sample of each fold: m rows in fold order, by sample within a fold.
/// (A sample may occur several times, as in repeated folds, or never, as in time series.)
struct OutOfFold {
  std::size_t candidate = 0;
  std::vector<std::int64_t> fold;  // m
  std::vector<std::int64_t> row;   // m: data row of the training file, from 0
  std::vector<double> truth;       // m: what is true of them, as in the data set
  std::vector<double> weight;      // m: what they weigh; empty: all the same
  models::Prediction prediction;   // of m samples; NaN where the fold's fit failed
  std::vector<double> dual;        // FitMode::converged: mean dual of the folds that trained a sample; may be empty
};

/// Brings together what `candidate` predicts for each fold, by reduction: what the rank that scored it remembers, else
/// the fold is fitted again. (Keeping the predictions of all candidates would cost n_samples x n_candidates doubles.)
///
/// Collective; valid on rank 0. Deterministic: each entry comes from one rank, so the sum is exact.
OutOfFold out_of_fold_predictions(const search::SearchPlan& plan, std::size_t candidate, const core::Dataset& data,
                                  search::Evaluator& evaluator, mpi::Transport& transport);

/// What all candidates of a round predict for the rows that its folds test.
struct KeptPredictions {
  OutOfFold tested;                             // the rows; without a candidate and a prediction
  std::vector<models::Prediction> predictions;  // by candidate of the round, of m samples each
};

/// Makes it from predictions that were kept when the folds were scored.
/// Requires: `records` holds each fold of each candidate of the round once, with predictions.
KeptPredictions kept_predictions(const search::SearchPlan& plan, const search::Round& round, const core::Dataset& data,
                                 std::span<const search::FitRecord> records);

}  // namespace gridmill::jobs
