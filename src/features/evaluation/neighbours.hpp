#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/entity_data.hpp"
#include "features/evaluation/visibility.hpp"
#include "features/feature.hpp"

namespace gridmill::features {

/// Says whether a transform looks at neighbouring rows of which Featuretools has only those of the instances at hand.
bool looks_at_neighbours(const Feature& feature);

/// Returns 1 for each row that belongs to a row of the table at the beginning of `way`, by keys and known at `cutoff`.
std::vector<std::uint8_t> belong_by(std::span<const core::RelationshipId> way, const core::RowSet& rows,
                                    std::int64_t cutoff, const core::EntityData& data, const Visibility& visibility);

}  // namespace gridmill::features
