#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/table.hpp"
#include "jobs/predict/model_files.hpp"
#include "models/family/model.hpp"

namespace gridmill::jobs {

/// Returns the header line of predictions as CSV: the columns of the data that are kept; prediction; then, if wanted,
/// `decision` (two classes) or one decision_<class> each, and probability_<class> each.
std::string prediction_header(const PipelineInfo& info, models::Outputs wanted, std::span<const std::string> kept = {});

/// Returns a line a sample: the columns of the header. Doubles are shortest exact decimals; a kept value that is
/// missing is nothing. `kept`: the columns, of as many rows as there are samples; pointers not null.
std::string prediction_lines(const PipelineInfo& info, const models::Prediction& prediction,
                             std::span<const core::Column* const> kept = {});

}  // namespace gridmill::jobs
