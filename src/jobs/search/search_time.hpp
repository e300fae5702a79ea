#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/dataset.hpp"
#include "jobs/run/job_forecast.hpp"
#include "jobs/search/search_plan.hpp"

namespace gridmill::jobs {

/// True if the plan's fits will take more than an hour on `n_ranks` ranks though the machine be the fastest of today:
/// worth a forecast before they begin. Fits nothing.
bool takes_long(const PlannedSearch& planned, std::size_t n_ranks);

/// Returns what to say before a search begins that may take days; nothing if it does not.
std::optional<std::string> time_warning(const JobForecast& forecast, const PlannedSearch& planned,
                                        const core::Dataset& data, const RankLayout& layout);

}  // namespace gridmill::jobs
