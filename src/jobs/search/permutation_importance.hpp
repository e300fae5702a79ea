#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "jobs/search/search_data.hpp"
#include "jobs/search/search_plan.hpp"
#include "models/scorer.hpp"
#include "mpi/transport.hpp"
#include "search/evaluate.hpp"
#include "search/fitted_pipeline.hpp"

namespace gridmill::jobs {

/// How much the score that chooses falls where a feature's values are dealt out anew among rows that the model has not
/// learnt from: what the model makes of the feature there.
struct PermutationImportance {
  bool held_out = false;  // on the rows held out, by the final model; else on the rows of each fold, by its own model
  std::string metric;
  std::size_t n_repeats = 0;      // shuffles of a feature, on each set of rows
  std::vector<double> mean;       // by feature, over shuffles and sets of rows; NaN where there is no score
  std::vector<double> deviation;  // likewise
};

/// A model on some rows, and by what it is judged there.
struct JudgedModel {
  const search::FittedPipeline& pipeline;
  const core::Dataset& rows;
  const models::Scorer& scorer;
  models::Outputs outputs;              // what the scorer needs of the model's family
  std::span<const std::size_t> fitted;  // class codes seen in training
  std::size_t positive = 1;
};

/// Returns by how much each shuffle of each feature lets the score fall: n_repeats x n_features. Deterministic. Source:
/// scikit-learn 1.2.1, permutation_importance with random_state=seed (the same shuffles, the same for all features).
core::Matrix falls_of_score(const JudgedModel& model, std::size_t n_repeats, std::uint32_t seed);

/// Measures the importances of a candidate's features: on the rows held out, by its refit `refitted`, on rank 0; where
/// none are held out, on the rows that each fold of its round tests, whose models are fitted once more, folds dealt to
/// ranks. The same bits at any number of ranks. Nothing: no fold could be fitted. Collective; valid on rank 0.
std::optional<PermutationImportance> permutation_importance(const PlannedSearch& planned, std::size_t candidate,
                                                            std::size_t n_repeats, const SearchData& data,
                                                            const search::FittedPipeline& refitted,
                                                            search::Evaluator& evaluator, mpi::Transport& transport);

}  // namespace gridmill::jobs
