#pragma once

#include <cstddef>
#include <vector>

#include "core/dataset.hpp"
#include "models/family/model.hpp"
#include "search/plan.hpp"

namespace gridmill::search {

/// What a family of a search is told, and how much of the memory for what fits share is its own.
struct FamilyShare {
  const models::Family* family = nullptr;
  std::vector<models::Candidate> candidates;  // of this family
  std::size_t memory_bytes = 0;               // as Resources has it; 0: no limit
  models::MemoryUse use;                      // with that limit
};

/// Shares `resources.memory_bytes` out between the families of a plan, in their order.
///
/// What a trainer shares with other ranks stays taken as long as there are trainers, so that families cannot lend it to
/// each other. Each gets what it would use alone if that fits together, else the least it can keep to and a part of the
/// rest, in proportion to what it would use more. A family alone gets all.
/// Deterministic: the same on all ranks of a node.
std::vector<FamilyShare> shares_of(const SearchPlan& plan, const core::Dataset& data,
                                   const models::Resources& resources);

/// Returns what the trainers of all families will keep in the node's memory together.
models::MemoryUse memory_use(const SearchPlan& plan, const core::Dataset& data, const models::Resources& resources);

}  // namespace gridmill::search
