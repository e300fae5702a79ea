#pragma once

#include <span>

#include "core/dataset.hpp"
#include "models/family/model.hpp"

namespace gridmill::models {

/// Predicts the samples `rows` of a dataset with a model that stands alone, a block of samples at a time. Shapes: as
/// Model::predict for rows.size() samples.
Prediction predict_samples(const Model& model, const core::Dataset& data, std::span<const core::Index> rows,
                           Outputs wanted);

/// Predicts all samples.
Prediction predict_samples(const Model& model, const core::Dataset& data, Outputs wanted);

}  // namespace gridmill::models
