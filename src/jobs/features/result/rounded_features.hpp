#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jobs/features/plan/features_plan.hpp"
#include "jobs/features/result/features_result.hpp"

namespace gridmill::jobs {

/// Returns a sentence about features of whole numbers that reach 2^53 and are written as doubles, which are rounded
/// there (sums, minima, maxima and arithmetic of integers, whatever makes whole numbers of them); nothing if there are
/// none. `types`: of the matrix as computed.
std::optional<std::string> rounded_features(const FeaturesPlan& plan, const FeaturesResult& result,
                                            const std::vector<core::ColumnType>& types);

}  // namespace gridmill::jobs
