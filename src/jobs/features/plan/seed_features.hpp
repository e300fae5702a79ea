#pragma once

#include <string>
#include <vector>

#include "config/features_config.hpp"
#include "core/entity_set.hpp"
#include "features/definitions/feature.hpp"

namespace gridmill::jobs {

/// Makes the features the user spells out, in order; an input may be a column or an earlier seed feature of its table.
/// Errors: UserError with the place in the config for a table, column or path that is not there, and for inputs that
/// the primitive does not take.
std::vector<features::FeatureRef> make_seeds(const config::FeaturesOptions& options, const core::EntitySet& set);

/// Makes one of them, an aggregation for the rows of `target`; messages begin with `option`.
features::FeatureRef make_seed(const config::SeedFeature& seed, const std::string& target, const core::EntitySet& set,
                               const std::string& option);

}  // namespace gridmill::jobs
