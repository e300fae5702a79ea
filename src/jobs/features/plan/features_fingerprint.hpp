#pragma once

#include <cstdint>
#include <string_view>

#include "config/features_config.hpp"
#include "core/entity_set.hpp"
#include "jobs/features/plan/features_plan.hpp"

namespace gridmill::jobs {

/// Identifies what the parts of a features job depend on beside the store's entries: options, definitions, tables,
/// instances, and the program. `program`: a hash of what computes the values, so that parts are never mixed with those
/// of a program that may compute others.
std::uint64_t features_fingerprint(const config::FeaturesJob& job, const FeaturesPlan& plan, const core::EntitySet& set,
                                   std::string_view program);

}  // namespace gridmill::jobs
