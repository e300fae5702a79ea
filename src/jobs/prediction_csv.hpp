#pragma once

#include <string>
#include <vector>

#include "jobs/model_files.hpp"
#include "models/model.hpp"

namespace gridmill::jobs {

/// Returns the header line of predictions as CSV: prediction; then, if wanted, `decision` (two classes) or one
/// decision_<class> each, and probability_<class> each.
std::string prediction_header(const PipelineInfo& info, models::Outputs wanted);

/// Returns a line a sample: the label (or the value), and the columns of the header. Doubles are shortest exact
/// decimals.
std::string prediction_lines(const PipelineInfo& info, const models::Prediction& prediction);

}  // namespace gridmill::jobs
