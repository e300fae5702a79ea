#pragma once

#include "core/value.hpp"
#include "jobs/report/run_record.hpp"

namespace gridmill::jobs {

/// Returns what the page of a search shows: candidates, what their hyperparameters did, the chosen model, checks, what
/// it cost, how to repeat it. Numbers have the digits that are shown. Below 1.5 MB for 10,000 candidates on 5 folds.
core::Value search_content(const SearchRecord& record);

}  // namespace gridmill::jobs
