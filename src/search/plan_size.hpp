#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "search/candidates.hpp"
#include "search/folds.hpp"

namespace gridmill::search {

/// How much a search is asked for, counted before any of it is made. Numbers are doubles: a config can ask for more
/// than integers count.
struct PlanSize {
  double n_candidates = 1;
  double n_folds = 1;           // repeats included
  double n_drawn_from = 0;      // numbers that drawing candidates without replacement shuffles
  std::size_t n_params = 0;     // of a candidate, fixed ones included
  std::size_t n_scores = 1;     // of a fit
  std::size_t n_samples = 0;    // 0: not known yet; folds then count as empty
  std::size_t n_predicted = 0;  // numbers kept of each sample and candidate

  [[nodiscard]] double n_fits() const { return n_candidates * n_folds; }
  /// Returns what lists of candidates, folds and results take [bytes], on the rank that needs most.
  [[nodiscard]] double bytes() const { return list_bytes() + kept_bytes(); }
  /// Returns what all of that takes but for `kept_bytes`.
  [[nodiscard]] double list_bytes() const;
  /// Returns what rank 0 alone takes at the end: for kept predictions, as records, as arrays, and twice as a file that
  /// is written; for what is written of each split and fit.
  [[nodiscard]] double kept_bytes() const;
  /// Returns "18 candidates x 10 folds = 180 fits".
  [[nodiscard]] std::string text() const;
};

/// Returns how many candidates grids have, however many.
double count_candidates(const std::vector<GridAxes>& grids);
/// Returns how many candidates a random search of `n` draws: all there are, if they are fewer. `n_drawn_from`: see
/// PlanSize.
double count_candidates(const std::vector<RandomAxes>& axes, std::size_t n, double& n_drawn_from);

/// Returns how many splits `options` ask for: of predefined and leave-one-out folds those of the data, 1 without it.
double count_folds(const FoldOptions& options, const core::Dataset* data);

}  // namespace gridmill::search
