#pragma once

#include <map>
#include <set>
#include <span>
#include <vector>

#include "features/evaluation/evaluation.hpp"
#include "features/evaluation/giant_groups.hpp"
#include "features/evaluation/visibility.hpp"

namespace gridmill::features {

/// What is aggregated over the children of one relationship, reached from the root by steps down.
struct Split {
  std::vector<SplitAggregation> aggregations;               // each once
  std::set<std::vector<core::RelationshipId>> ways_to_row;  // from the root to the parents
};
using Splits = std::map<core::RelationshipId, Split>;

/// Returns the pieces of the giant groups below the instances: see Evaluator::giant_pieces.
std::vector<std::vector<GroupPiece>> find_pieces(const core::EntityData& data, const Visibility& visibility,
                                                 const GiantGroups& giants, const Splits& splits,
                                                 std::span<const Instance> instances);

}  // namespace gridmill::features
