#pragma once

#include <vector>

#include "jobs/features/plan/features_plan.hpp"
#include "jobs/features/result/features_result.hpp"
#include "jobs/run/observer.hpp"

namespace gridmill::jobs {

/// Tells how large a matrix of features is, how many were left out for which reason, and which have no value or are
/// rounded. `types`: of the matrix as computed.
void tell_features(const FeaturesPlan& plan, const FeaturesResult& result, const std::vector<core::ColumnType>& types,
                   Observer& observer);

}  // namespace gridmill::jobs
