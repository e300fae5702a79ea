#pragma once

#include <cstdint>
#include <vector>

#include "core/entity_data.hpp"
#include "features/definitions/feature.hpp"
#include "features/evaluation/evaluation.hpp"
#include "features/evaluation/visibility.hpp"

namespace gridmill::features {

/// Returns the way to the rows among which a transform looks for the row before, or null if it sees every row that
/// counts.
const Way* way_to_neighbours(const Feature& feature, const EvaluationOptions& options);

/// Returns 1 for each row of a table that the instances of `cutoff` lead to by `way`, by keys of rows that count then.
/// Cost: linear in the rows of the tables on the way.
std::vector<std::uint8_t> rows_at_hand(const Neighbourhood& neighbourhood, const Way& way, std::int64_t cutoff,
                                       const core::EntityData& data, const Visibility& visibility);

}  // namespace gridmill::features
