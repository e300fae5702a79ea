#pragma once

#include <cstddef>
#include <span>
#include <string>
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

/// A rule that says of a sample what was true before: "the label one day before".
struct EarlierLabels {
  std::string rule;                 // a few words
  std::vector<double> of_train;     // by sample of the training data: class code or value; NaN: there was none
  std::vector<double> of_held_out;  // by sample that is held out; empty: none are
};

/// What a rule scores where candidates are tried, and on what is held out.
struct BaselineScores {
  std::string rule;                           // a few words
  std::vector<std::vector<double>> of_folds;  // by metric id, fold of the round; NaN: the metric has no value there
  std::vector<double> means;                  // by metric id
  std::vector<double> deviations;             // likewise
  std::vector<double> held_out = {};          // by metric id; empty: no sample is held out
};

/// Where rules are scored: on the folds of `round`, as candidates are (all metrics, sample weights as the scorers have
/// them), and on `held_out`, after learning from all of `data`.
struct BaselinePlace {
  const SearchPlan& plan;
  const Round& round;
  const core::Dataset& data;
  const core::Dataset* held_out = nullptr;
};

BaselineScores score_baseline(const BaselinePlace& place, Baseline rule);

/// Scores labels that are known from before. A sample without one is predicted as the prior or the mean has it. Two
/// classes have a decision of 1 or -1, several one of 1 or 0.
BaselineScores score_earlier(const BaselinePlace& place, const EarlierLabels& labels);

/// Scores the rules that there are for the task, hardest to beat first by the mean of metric `chosen_by` (NaN last):
/// of numbers, mean or median, whichever is harder; and `earlier`.
std::vector<BaselineScores> all_baselines(const BaselinePlace& place, std::span<const EarlierLabels> earlier,
                                          std::size_t chosen_by);

}  // namespace gridmill::search
