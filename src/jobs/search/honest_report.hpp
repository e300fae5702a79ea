#pragma once

#include <span>

#include "config/search_config.hpp"
#include "core/dataset.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/search/search_findings.hpp"
#include "jobs/search/search_plan.hpp"
#include "search/fit_record.hpp"

namespace gridmill::jobs {

/// Adds what to expect of the best candidate (search::honest_scores), where the predictions of several candidates were
/// kept and all were judged in one round. Where the user may expect it and it cannot be said, a note says why.
void describe_honest_score(const config::SearchJob& job, const PlannedSearch& planned, const core::Dataset& data,
                           std::span<const search::FitRecord> records, SearchFindings& findings, Observer& observer);

}  // namespace gridmill::jobs
