#pragma once

#include <cstdint>

#include "core/dataset.hpp"
#include "core/value.hpp"
#include "models/family/model.hpp"
#include "prepare/step.hpp"

namespace gridmill::search {

/// Returns what tells how much a model of `family` with `params` makes of each feature, once fitted to a lesson's rows,
/// without their weights. `like`: the data that they are of. All must outlive it.
///
/// Errors: models::FitError. Deterministic: depends on the arguments and the lesson.
/// Source: scikit-learn's SelectFromModel.
prepare::MeasureByModel measure_by(const models::Family& family, const core::Params& params, const core::Dataset& like,
                                   std::uint64_t seed);

}  // namespace gridmill::search
