#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "core/dataset.hpp"
#include "models/family/model.hpp"
#include "search/plan.hpp"

namespace gridmill::search {

/// A rule that predicts the same for every sample, whatever its features: what a model has to beat.
enum class Baseline {
  prior,   // the most frequent class of the training rows, with the classes' shares as probabilities
  mean,    // of the training targets
  median,  // likewise
};

/// Returns the rule in a few words: "always the most frequent class".
std::string_view words_of(Baseline rule);

/// Predicts `n` samples by what `rule` learns of the rows `train`, sample weights included.
///
/// The decision of two classes is how much greater the share of the greater one is. `fitted`: receives the class codes
/// among the rows. Cost: O(rows). Source: scikit-learn 1.2.1, DummyClassifier(strategy='prior') and DummyRegressor.
models::Prediction predict_baseline(Baseline rule, const core::Dataset& data, std::span<const core::Index> train,
                                    std::size_t n, models::Outputs outputs, std::vector<std::size_t>& fitted);

/// What a rule scores where candidates are tried.
struct BaselineScores {
  Baseline rule = Baseline::prior;
  std::vector<std::vector<double>> of_folds;  // by metric id, fold of the round; NaN: the metric has no value there
  std::vector<double> means;                  // by metric id
  std::vector<double> deviations;             // likewise
};

/// Scores a rule on the folds of `round`, as candidates are: all metrics, sample weights as the scorers have them.
BaselineScores score_baseline(const SearchPlan& plan, const Round& round, const core::Dataset& data, Baseline rule);

/// Returns the rule for the task that is hardest to beat: of numbers, mean or median, by the mean of metric
/// `chosen_by`.
BaselineScores hardest_baseline(const SearchPlan& plan, const Round& round, const core::Dataset& data,
                                std::size_t chosen_by);

/// Scores what a rule learns of all rows of `data` on `held_out`: by metric id, NaN as above.
std::vector<double> baseline_on(const SearchPlan& plan, const core::Dataset& data, const core::Dataset& held_out,
                                Baseline rule);

}  // namespace gridmill::search
