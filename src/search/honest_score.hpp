#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/scorer.hpp"
#include "search/tested_rows.hpp"

namespace gridmill::search {

/// The score to expect of the best candidate on rows that did not choose it.
struct HonestScore {
  double score = 0;
  double low = 0;  // of an interval that holds the true one in 95 of 100 searches
  double high = 0;
  std::size_t n_bootstraps = 0;
};

/// How much is done for it.
struct HonestOptions {
  std::uint32_t seed = 0;
  std::size_t most_draws = 1000;
  double patience_s = 30;  // fewer draws where they would take longer, about; none where not even 50 are possible
};

/// What became of it.
struct HonestResult {
  std::vector<std::optional<HonestScore>> by_metric;  // in the order of the scorers; none: it would take too long
  std::string why_not;                                // empty: there is one in the metric that chooses
};

/// Corrects the best of several scores for having been chosen by them: rows (or groups of them) are drawn with
/// replacement many times; each time the candidate that is best on the rows drawn, by the metric `scorers[chosen_by]`,
/// is judged on those that were not, in each metric. No fit is done again.
///
/// The interval is that of the best candidate's score over the draws, around the corrected one. Scores are of all rows
/// together, not means over folds. How often rows are drawn depends on the sizes and `options` alone. Deterministic.
/// Memory: some 10 MiB; a copy of one candidate's predictions; as much as all of them for roc_auc and
/// average_precision. Source: Tsamardinos, Greasidou, Borboudakis: Bootstrapping the out-of-sample predictions for
/// efficient and accurate cross-validation, Machine Learning 107 (2018), BBC-CV.
HonestResult honest_scores(const TestedRows& rows, std::span<const models::Scorer* const> scorers,
                           std::size_t chosen_by, const HonestOptions& options);

/// Returns what it takes at most beside the predictions, for so many tested rows.
std::size_t honest_bytes(std::size_t n_rows);

}  // namespace gridmill::search
