#pragma once

#include "models/family/model.hpp"

namespace gridmill::models::boosting {

/// XGBoost's boosted trees (and its linear booster) as a classifier and as a regression, with the meaning that
/// XGBClassifier and XGBRegressor of Python's xgboost 1.7.4 give every option: the same bits.
///
/// A trainer keeps the samples of one fold as XGBoost wants them, binned once for all candidates that agree on the
/// bins. The free axis is n_estimators, but for dart, which changes the weights of trees that are there. Classes are
/// numbered within the training rows: one that is absent there has the probability 0.
const Family& xgb_classifier_family();
const Family& xgb_regressor_family();

}  // namespace gridmill::models::boosting
