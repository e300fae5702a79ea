#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/value.hpp"
#include "models/family/model.hpp"
#include "search/folds.hpp"

namespace gridmill::search {

/// When the fits of a search end before they have taken all steps of their family's free axis.
struct EarlyStopping {
  /// What is watched: the rows that the fold tests, which makes its score optimistic; or a fifth of its training rows,
  /// held out of them (as train_test_split does, by class).
  enum class Watched { fold, inner };
  /// How many steps the refit on all rows takes: where the mean curve of the folds is best (xgb.cv's number of rounds);
  /// the median of the folds' best steps; the same, as much longer as there are more rows.
  enum class Refit { mean, median_best, scaled };

  std::size_t rounds = 10;  // without a better score, after which a fit ends; 0: none ends early, they are but watched
  std::string metric;       // one of the family's watch_metrics
  Watched watch = Watched::fold;
  Refit refit = Refit::mean;
};

/// What is left of the training rows where some of them are watched.
inline constexpr double kTrainedShare = 0.8;

/// Returns the training rows and the watched rows of a fit to `train`, in positions of `data`.
/// Errors: models::FitError when they cannot be parted. Deterministic.
Fold watched_rows(const EarlyStopping& stopping, const core::Dataset& data, const Fold& fold, std::uint64_t seed);

/// Says whether a fit of these hyperparameters is watched.
bool is_watched(const std::optional<EarlyStopping>& stopping, const models::Family& family, const core::Params& params);

/// Says whether the metric is better the greater it is. It is one of the family's.
bool greater_is_better(const EarlyStopping& stopping, const models::Family& family, const core::Params& params);

/// Returns the steps of the refit by the rule median_best or scaled. Shapes: `best` has the best step of each fold,
/// counted from 1, and is not empty. The median of an even number is the lower one.
std::size_t refit_steps(EarlyStopping::Refit rule, std::vector<std::size_t> best, double n_train, double n_all);

/// Where the mean of curves that go equally far ends.
struct MeanCurve {
  std::size_t best = 0;    // its best step, counted from 1
  bool has_ended = false;  // `rounds` steps after it were no better, or there were as many as may be
};

/// Goes along the mean of the folds' curves until it ends; nothing beyond counts. Shapes: curves of equal, positive
/// length. `most`: steps at most.
MeanCurve mean_curve(const std::vector<std::vector<double>>& curves, std::size_t rounds, std::size_t most,
                     bool greater_is_better);

}  // namespace gridmill::search
