#pragma once

#include <memory>
#include <string_view>

#include "prepare/step.hpp"

namespace gridmill::prepare {

/// Returns the step `preprocessing`: each number is changed by what was learnt of its feature in the training rows.
///
/// Missing values stay missing and are left out of what is learnt.
const StepKind& preprocessing_kind();

/// One way of preprocessing: a value of the option.
struct PreprocessingWay {
  std::string_view name;
  /// Learns it. `params`: of the candidate.
  std::shared_ptr<const FittedStep> (*fit)(const core::Frame& frame, const Lesson& lesson, const core::Params& params);
  /// As StepKind::read.
  std::shared_ptr<const FittedStep> (*read)(const core::Value& value, std::size_t n_features);
};

}  // namespace gridmill::prepare
