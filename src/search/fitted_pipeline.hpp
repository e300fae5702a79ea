#pragma once

#include <memory>

#include "core/dataset.hpp"
#include "core/frame.hpp"
#include "core/matrix.hpp"
#include "models/family/model.hpp"
#include "prepare/steps.hpp"

namespace gridmill::search {

/// A model with the steps before it; both stand alone.
struct FittedPipeline {
  prepare::FittedSteps steps;
  std::unique_ptr<models::Model> model;  // null: there is none

  /// Predicts samples as they are in the data. Memory: the samples once more where there are steps.
  [[nodiscard]] models::Prediction predict(const core::Frame& frame, models::Outputs wanted) const;
  /// Explains the prediction of each such sample: see models::Model::explain.
  [[nodiscard]] core::Matrix explain(const core::Frame& frame, models::Explanation what) const;
  /// Predicts all samples of a dataset; a sparse one is taken as it is, and needs a pipeline without steps.
  [[nodiscard]] models::Prediction predict(const core::Dataset& data, models::Outputs wanted) const;
};

}  // namespace gridmill::search
