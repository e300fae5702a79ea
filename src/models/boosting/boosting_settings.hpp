#pragma once

#include <string_view>
#include <vector>

#include "core/dataset.hpp"
#include "core/option.hpp"

namespace gridmill::models::boosting {

/// An option of XGBoost, and who knows it.
struct Setting {
  core::OptionSpec option;
  std::string_view xgboost;   // its name there; empty: it is not handed on as it is
  std::string_view boosters;  // that know it; empty: all
};

/// Returns all options of xgb_classifier or xgb_regressor.
const std::vector<Setting>& settings_of(core::Task task);

}  // namespace gridmill::models::boosting
