#pragma once

#include <span>
#include <vector>

#include "core/entity_set.hpp"
#include "features/definitions/feature.hpp"
#include "jobs/audit/finding.hpp"

namespace gridmill::jobs {

/// Finds tables without a time index that features with cutoff times are made of: all their rows count as known at each
/// cutoff. The target's own rows are known at theirs; but where a row has several cutoffs (`rows_return`), it is seen
/// at each as it was at the last.
std::vector<Finding> find_timeless_tables(const core::EntitySet& set, core::TableId target, bool rows_return,
                                          std::span<const features::FeatureRef> features);

}  // namespace gridmill::jobs
