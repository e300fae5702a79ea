#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "config/search_config.hpp"
#include "core/dataset.hpp"
#include "jobs/run/job_forecast.hpp"
#include "jobs/search/search_data.hpp"
#include "jobs/search/search_plan.hpp"
#include "jobs/search/search_trial.hpp"

namespace gridmill::jobs {

/// Foretells a search by what trying some of its fits has shown: the bundles of each round as the search would make
/// them if candidates scored as they did when they were tried, those that nobody tried as the mean; then the fits of
/// the chosen candidate on all rows and on what folds leave out where these are not remembered, shuffled features, the
/// honest score, and the files. Pure: no clock is read. `planned`: with its first rounds; it goes on from there.
/// `n_held_out`: rows. Requires: some family was tried.
JobForecast foresee_search(const config::SearchJob& job, PlannedSearch planned, const core::Dataset& data,
                           const SearchTrial& trial, std::size_t n_held_out = 0);

/// Tries fits of the search for some seconds, or for a twentieth of what it would take on so many ranks, and foretells
/// it, `most_s` at most. Nothing: none of its fits can be made. `plan`: makes the search ready to run, each time anew.
std::optional<JobForecast> forecast_search(const config::SearchJob& job, const std::function<PlannedSearch()>& plan,
                                           const SearchData& data, const models::Resources& resources,
                                           const RankLayout& layout, double most_s);

}  // namespace gridmill::jobs
