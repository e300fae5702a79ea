#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/matrix.hpp"
#include "core/table.hpp"
#include "jobs/predict/model_files.hpp"
#include "models/family/model.hpp"

namespace gridmill::jobs {

/// An explanation of each prediction: a column a sample.
struct Explained {
  models::Explanation what = models::Explanation::contributions;
  core::Matrix numbers;
};

/// Returns the header of predictions as CSV, without a line feed: the columns of the data that are kept; prediction;
/// then, if wanted, lower and upper; `decision` (two classes) or one decision_<class> each, and probability_<class>
/// each.
std::string prediction_header(const PipelineInfo& info, models::Outputs wanted, std::span<const std::string> kept = {},
                              bool interval = false);

/// Returns the columns of an explanation whose model gives `width` numbers a sample: contribution_<feature> and
/// contribution_bias (several classes: contribution_<class>_<feature>), or leaf_0, leaf_1, ... `features`: the model's,
/// as its steps leave them.
std::string explanation_header(const PipelineInfo& info, std::span<const std::string> features,
                               models::Explanation what, std::size_t width);

/// Returns a line a sample: the columns of the header. Doubles are shortest exact decimals; a kept value that is
/// missing is nothing. `explanations`: behind the rest. `kept`: the columns, of as many rows as
/// there are samples; pointers not null. `margin`: how far lower and upper are from the prediction; none: without.
std::string prediction_lines(const PipelineInfo& info, const models::Prediction& prediction,
                             std::span<const core::Column* const> kept = {},
                             std::span<const Explained> explanations = {}, std::optional<double> margin = std::nullopt);

}  // namespace gridmill::jobs
