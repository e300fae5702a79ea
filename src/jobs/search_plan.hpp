#pragma once

#include <string>
#include <vector>

#include "config/search_job.hpp"
#include "core/dataset.hpp"
#include "search/evaluate.hpp"

namespace gridmill::jobs {

/// A search ready to run, the same on every rank: a function of the config and the data alone.
struct PlannedSearch {
  search::SearchPlan plan;
  std::vector<search::Bundle> bundles;
  std::size_t chosen_by = 0;          // metric id that ranks candidates
  std::vector<std::string> warnings;  // of the folds
};

/// Draws candidates and folds, looks up family and scorers, checks that they fit the data.
/// Errors: UserError where folds cannot be made or a metric needs two classes and there are more (or fewer).
PlannedSearch plan_search(const config::SearchJob& job, const core::Dataset& data);

/// True if every candidate of the job imputes missing values, so that the data may have some.
bool all_candidates_impute(const config::SearchJob& job);

}  // namespace gridmill::jobs
