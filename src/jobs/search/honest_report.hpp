#pragma once

#include <cstdint>
#include <span>

#include "core/dataset.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/search/search_findings.hpp"
#include "jobs/search/search_plan.hpp"
#include "search/fit_record.hpp"

namespace gridmill::jobs {

/// Adds what to expect of the best candidate (search::honest_score), where the predictions of several candidates were
/// kept and all were judged in one round. Where it cannot be said, a note says why.
void describe_honest_score(const PlannedSearch& planned, const core::Dataset& data,
                           std::span<const search::FitRecord> records, std::uint32_t seed, SearchFindings& findings,
                           Observer& observer);

}  // namespace gridmill::jobs
