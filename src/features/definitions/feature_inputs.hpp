#pragma once

#include <set>
#include <span>
#include <vector>

#include "features/definitions/feature.hpp"

namespace gridmill::features {

/// Returns what a feature is computed from: its bases, what it is grouped by, the feature its condition is about.
std::vector<FeatureRef> inputs_of(const Feature& feature);

/// Returns the features and all that they are computed from; what `known` ones are computed from is not looked at.
std::set<const Feature*> with_all_inputs(std::span<const FeatureRef> features,
                                         const std::set<const Feature*>& known = {});

}  // namespace gridmill::features
