#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dataset.hpp"
#include "core/error.hpp"
#include "core/option.hpp"
#include "core/value.hpp"
#include "models/boosting/booster.hpp"
#include "models/family/model.hpp"

namespace gridmill::models::boosting {

/// Returns the hyperparameters of xgb_classifier or xgb_regressor: those of XGBClassifier and XGBRegressor of Python's
/// xgboost 1.7.4 that mean something in a search, by their names and with their defaults, but for two: tree_method is
/// hist (1.7.4: exact or approx, later versions: hist), and n_jobs is 1.
std::span<const core::OptionSpec> boosting_options(core::Task task);

/// Returns what is wrong with the values together: an option that the booster or the objective knows nothing of.
std::vector<std::string> check_boosting(const core::Params& params, core::Task task);

/// Returns what does not fit the data: an objective for another number of classes, targets below 0 for Poisson, a
/// constraint of a feature that is not there, a first prediction outside the objective's range.
std::vector<DataProblem> check_boosting_data(const core::Params& params, const core::Dataset& data);

/// Returns the settings of XGBoost for a fit to `n_classes` classes (0: regression) of samples with the features
/// `names`. A constraint of a feature that steps have left out constrains nothing. `seed`: what stands for random_state
/// where that is not given.
BoosterSettings booster_settings(const core::Params& params, core::Task task, std::span<const std::string> names,
                                 std::size_t n_classes, std::uint64_t seed);

/// Returns XGBoost's metrics that a fit can be watched by; none where a booster has no rounds to go back to.
std::span<const WatchMetric> boosting_watch_metrics(const core::Params& params, core::Task task);

/// Returns what XGBoost calls a metric that a fit to `n_classes` classes (0: regression) is watched by: where two of
/// several classes are left that of two, and with the power of a Tweedie distribution.
std::string metric_of_xgboost(const std::string& metric, const core::Params& params, core::Task task,
                              std::size_t n_classes);

/// Returns why targets have no value in a metric that fits are watched by (no logarithm, a division by 0); or nothing.
std::optional<core::Problem> check_watched_targets(std::string_view metric, const core::Dataset& data);

/// How the training samples of a fit are kept.
struct MatrixKind {
  std::string key;         // equal for fits that can use the same matrix: its bins and weights are theirs, too
  std::size_t n_bins = 0;  // bins alone, so many of a feature; 0: the values, of which fits make what they need
};
MatrixKind matrix_kind(const core::Params& params, core::Task task);

/// Returns +1 or -1 for each feature that a fit must rise or fall with, 0 for the others; empty: none must.
std::vector<int> monotone_signs(const core::Params& params, core::Task task, std::span<const std::string> names);

}  // namespace gridmill::models::boosting
