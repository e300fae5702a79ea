#pragma once

#include <string>

#include "config/features_config.hpp"
#include "jobs/features/plan/features_plan.hpp"
#include "jobs/features/result/features_result.hpp"

namespace gridmill::jobs {

/// Refuses names in `encode` and `select` that no column of the result can have, before anything is computed or
/// removed. Errors: UserError with a hint.
void check_result_names(const config::FeaturesOptions& options, const FeaturesPlan& plan, const SideColumns& side);

/// Throws the UserError of a column that is not there to compare features with.
[[noreturn]] void refuse_information_target(const std::string& name);

}  // namespace gridmill::jobs
