#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/features_config.hpp"
#include "core/entity_data.hpp"
#include "features/definitions/feature.hpp"

namespace gridmill::jobs {

/// Returns a sentence for each thing that `options` ask for and that came to nothing in the features `made`: primitives
/// that fit no column, interesting values that no row has, or that no aggregation asks for, seed features that are not
/// in the result, conditions of theirs that no row meets, ignored tables and allowed paths that lead nowhere. Cost:
/// reads the columns whose values are named.
std::vector<std::string> idle_options(const config::FeaturesOptions& options, const core::EntityData& data,
                                      std::span<const features::FeatureRef> made);

}  // namespace gridmill::jobs
