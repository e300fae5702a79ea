#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/search/search_findings.hpp"
#include "models/family/model.hpp"
#include "search/evaluate.hpp"
#include "search/fitted_pipeline.hpp"

namespace gridmill::jobs {

/// Returns what to print of predictions whose truth is known: scikit-learn's classification report and the confusion
/// matrix, or the metrics of a regression. `weight`: n, or none.
std::vector<TextBlock> report_blocks(const std::string& title, core::Task task, std::span<const double> truth,
                                     std::span<const double> predicted, std::span<const double> weight,
                                     std::span<const std::string> classes);

/// Predicts the held-out samples by the refit of `candidate` and adds to `findings` their scores, also as a block, and
/// their report_blocks.
models::Prediction report_held_out(const search::SearchPlan& plan, std::size_t candidate, const core::Dataset& held_out,
                                   const search::FittedPipeline& pipeline, SearchFindings& findings);

}  // namespace gridmill::jobs
