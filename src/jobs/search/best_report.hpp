#pragma once

#include "config/search_config.hpp"
#include "core/dataset.hpp"
#include "jobs/search/search_findings.hpp"
#include "jobs/search/search_plan.hpp"
#include "search/cv_results.hpp"

namespace gridmill::jobs {

/// Adds the hyperparameters and the score of the best candidate, and warnings: it is hardly better than the baseline,
/// one column tells all, it lies on the border of the grid. Requires: findings.best, and the baselines of the
/// leaderboard.
void describe_best(const config::SearchJob& job, const PlannedSearch& planned, const core::Dataset& data,
                   const search::CvResults& table, SearchFindings& findings);

}  // namespace gridmill::jobs
