#pragma once

#include "config/search_config.hpp"
#include "core/dataset.hpp"
#include "search/plan_size.hpp"

namespace gridmill::config {

/// Returns how much a job asks for, without making any of it; what only the data tells is missing where there is none
/// (null).
search::PlanSize search_size(const SearchJob& job, const core::Dataset* data);

/// Says whether the out-of-fold predictions of all candidates are kept.
bool keeps_all_predictions(const SearchJob& job, const core::Dataset& data);
/// Returns the memory that they would take, if that is why they are not kept; else 0.
double bytes_left_out(const SearchJob& job, const core::Dataset& data);

/// Returns how many candidates a random search draws: of `n: exhaust`, as many as halving can give its first ration to.
/// 0 where only the data tells, and there is none (null). Requires search.random.
/// Source: scikit-learn 1.2.1, HalvingRandomSearchCV.
std::size_t count_draws(const SearchJob& job, const core::Dataset* data);

}  // namespace gridmill::config
