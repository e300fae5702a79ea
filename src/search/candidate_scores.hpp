#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "search/plan.hpp"

namespace gridmill::search {

/// What rounds have shown of their candidates: all that decides what comes next.
struct CandidateScores {
  std::vector<std::vector<double>> means;       // by metric id, candidate id
  std::vector<std::vector<double>> deviations;  // likewise

  /// Adds the candidates of a round, which follow those that are there. `scores`: by candidate, fold, metric.
  /// Means and deviations have the bits of those in cv_results.
  void add(const Round& round, std::size_t n_metrics, std::span<const double> scores);
};

/// Returns the place of a trial's scores in the list of its round: by candidate, fold, metric.
inline std::size_t place_of(const Round& round, Trial trial, std::size_t n_metrics) {
  return ((trial.candidate - round.first_candidate) * round.n_folds + (trial.fold - round.first_fold)) * n_metrics;
}

}  // namespace gridmill::search
