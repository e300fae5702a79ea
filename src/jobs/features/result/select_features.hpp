#pragma once

#include <vector>

#include "config/features_config.hpp"
#include "jobs/features/parts/parted_matrix.hpp"
#include "jobs/features/result/feature_passes.hpp"
#include "jobs/features/result/features_result.hpp"

namespace gridmill::jobs {

/// Says whether `select` leaves anything out.
bool selects(const config::SelectOptions& select);

/// Leaves out of the result what `select` says, in its order, and notes why. `lists`: the part files that the columns
/// are in. Collective; every rank takes the same decisions; false: stopped.
/// Errors: UserError, the same on every rank, when the column to compare with was left out itself.
bool select_features(const PassContext& context, const config::SelectOptions& select, const SideColumns& side,
                     const std::vector<const PartFiles*>& lists, FeaturesResult& result);

}  // namespace gridmill::jobs
