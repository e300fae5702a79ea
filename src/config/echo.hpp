#pragma once

#include "config/search_config.hpp"
#include "core/value.hpp"

namespace gridmill::config {

/// Return those parts of a job that a config writes in a form of their own, as a config would write them.
core::Value model_value(const SearchJob& job);
core::Value grid_value(const SearchOptions& search);
core::Value random_value(const SearchOptions& search);
core::Value halving_value(const SearchOptions& search);
core::Value hyperband_value(const SearchOptions& search);
core::Value nested_value(const SearchOptions& search);
core::Value folds_value(const SearchOptions& search);
core::Value scoring_value(const SearchOptions& search);
core::Value refit_value(const SearchOptions& search);
core::Value one_standard_error_value(const SearchOptions& search);

}  // namespace gridmill::config
