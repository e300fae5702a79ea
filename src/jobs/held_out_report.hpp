#pragma once

#include "core/dataset.hpp"
#include "jobs/search_findings.hpp"
#include "models/model.hpp"
#include "search/evaluate.hpp"

namespace gridmill::jobs {

/// Predicts the held-out samples and adds to `findings` their scores and what to print: scikit-learn's
/// classification report and the confusion matrix, or the metrics of a regression.
models::Prediction report_held_out(const search::SearchPlan& plan, const core::Dataset& held_out,
                                   const models::Model& model, SearchFindings& findings);

}  // namespace gridmill::jobs
