#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/family/model.hpp"
#include "models/scorer.hpp"

namespace gridmill::search {

/// What candidates predicted for the rows that folds test, all in the same order.
struct TestedRows {
  std::span<const std::int64_t> row;  // m: of the data; one that several folds test stands there several times
  std::span<const double> truth;      // m
  std::span<const double> weight;     // m, or empty: all 1
  std::span<const std::string> classes;
  std::size_t positive = 1;
  std::vector<models::Prediction> predictions;  // by candidate, m each; one with a NaN among its values takes no part
};

/// The score to expect of the best candidate on rows that did not choose it.
struct HonestScore {
  double score = 0;
  double low = 0;  // of an interval that holds the true one in 95 of 100 searches
  double high = 0;
  std::size_t n_bootstraps = 0;
};

/// What became of it.
struct HonestResult {
  HonestScore honest;
  std::string why_not;  // empty: there is a score
};

/// Corrects the best of several scores for having been chosen by them: rows are drawn with replacement many times; each
/// time the candidate that is best on the rows drawn is judged on those that were not. No fit is done again.
///
/// The interval is that of the best candidate's score over the draws, around the corrected one. Scores are of all rows
/// together, not means over folds. How often rows are drawn depends on the sizes alone: 200 to 1,000 times; fewer for
/// metrics that are no means over rows (AUC, F1), which are computed anew each time, and none where that would take more than
/// about half a minute. Deterministic.
/// Source: Tsamardinos, Greasidou, Borboudakis: Bootstrapping the out-of-sample predictions for efficient and accurate
/// cross-validation, Machine Learning 107 (2018), BBC-CV.
HonestResult honest_score(const TestedRows& rows, const models::Scorer& scorer, std::uint32_t seed);

}  // namespace gridmill::search
