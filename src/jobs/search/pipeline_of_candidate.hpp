#pragma once

#include <cstddef>

#include "config/search_config.hpp"
#include "core/dataset.hpp"
#include "jobs/predict/model_files.hpp"
#include "search/plan.hpp"

namespace gridmill::jobs {

/// Returns what a model of the candidate, fitted to the data, needs besides itself to be used on new data. `n_steps`:
/// that early stopping has chosen; 0: it has chosen none.
PipelineInfo pipeline_of_candidate(const config::SearchJob& job, const search::SearchPlan& plan,
                                   const core::Dataset& data, std::size_t candidate, std::size_t n_steps);

}  // namespace gridmill::jobs
