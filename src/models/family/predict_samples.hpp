#pragma once

#include <span>

#include "core/matrix.hpp"
#include "core/sparse.hpp"
#include "models/family/model.hpp"

namespace gridmill::models {

/// Predicts the samples `rows` of a matrix with a model that stands alone, a block of samples at a time. Shapes: as
/// Model::predict for rows.size() samples.
Prediction predict_samples(const Model& model, const core::MatrixView& x, std::span<const core::Index> rows,
                           Outputs wanted);
Prediction predict_samples(const Model& model, const core::SparseView& x, std::span<const core::Index> rows,
                           Outputs wanted);

}  // namespace gridmill::models
