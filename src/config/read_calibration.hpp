#pragma once

#include "config/read_search.hpp"
#include "core/option.hpp"

namespace gridmill::config {

/// Reads `model.calibration` (`model` null: not given) into job.fixed. Call it when `search` has been read.
void read_calibration(const Node* model, const NamedModels& models, SearchJob& job, Problems& problems);

/// Returns that option: the one of section `model` that is no hyperparameter.
core::OptionSpec calibration_option();

}  // namespace gridmill::config
