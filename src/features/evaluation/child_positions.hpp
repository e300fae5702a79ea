#pragma once

#include <cstdint>
#include <vector>

#include "core/entity_data.hpp"
#include "features/evaluation/view.hpp"

namespace gridmill::features {

/// A gap of so many rows is read rather than jumped over.
constexpr core::RowId kReadGap = 256;

/// The children of each entry of a view, known or not: positions [begins[i], ends[i]) as EntityData::child_offsets
/// counts them.
struct ChildPositions {
  std::vector<std::int64_t> begins, ends;
};

/// Finds the children of all entries of a view.
ChildPositions child_positions(const core::EntityData& data, core::RelationshipId relationship, const View& parent);

}  // namespace gridmill::features
