#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/matrix.hpp"
#include "core/value.hpp"
#include "models/family/model.hpp"

namespace gridmill::models {

/// Returns the weight of each class code that `rule` means: null, "balanced" (samples / (classes x samples of the
/// class), of the classes that are among `train`) or a mapping from labels. Errors: FitError for a label the data does
/// not have.
std::vector<double> class_weights(const core::Value& rule, const core::Dataset& data,
                                  std::span<const core::Index> train);

/// Returns what is wrong with the values of a mapping, or nothing.
std::vector<std::string> check_class_weights(const core::Value& rule);
/// Returns what of it does not fit the data.
std::vector<DataProblem> check_class_weights(const core::Value& rule, const core::Dataset& data);

}  // namespace gridmill::models
