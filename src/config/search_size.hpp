#pragma once

#include "config/search_config.hpp"
#include "core/dataset.hpp"
#include "search/plan_size.hpp"

namespace gridmill::config {

/// Returns how much a job asks for, without making any of it; what only the data tells is missing where there is none
/// (null).
search::PlanSize search_size(const SearchJob& job, const core::Dataset* data);

}  // namespace gridmill::config
