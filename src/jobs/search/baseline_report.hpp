#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/search/search_data.hpp"
#include "jobs/search/search_plan.hpp"
#include "search/cv_results.hpp"

namespace gridmill::jobs {

/// Scores the baselines where the last round's candidates were: on the same folds, and on the held-out rows if there
/// are any. The hardest to beat comes first. Cost: that of scoring a candidate each. On rank 0.
std::vector<BaselineRow> baseline_rows(const PlannedSearch& planned, const SearchData& data);

/// Returns what to say if the candidate in row `best` of the table is not better than the baseline by more than the
/// deviation of its scores; nothing if it is, or a score is missing.
std::optional<std::string> baseline_warning(const PlannedSearch& planned, const search::CvResults& table,
                                            std::size_t best, const BaselineRow& baseline, const core::Dataset& data);

}  // namespace gridmill::jobs
