#pragma once

#include <span>

#include "core/dataset.hpp"
#include "jobs/search/search_findings.hpp"
#include "jobs/search/search_plan.hpp"
#include "search/fit_record.hpp"

namespace gridmill::jobs {

/// Adds which candidates of the last round are not worse than the best one beyond chance: fold by fold, by the
/// corrected resampled t test (report::paired_test), one-sided at 5 %, in the metric that chooses. Adds nothing where
/// fewer than two candidates can be compared: one fold, several brackets, failed fits.
void describe_equal_candidates(const PlannedSearch& planned, const core::Dataset& data,
                               std::span<const search::FitRecord> records, SearchFindings& findings);

}  // namespace gridmill::jobs
