#pragma once

#include "features/definitions/primitive.hpp"

namespace gridmill::features::aggregations {

enum class GroupEnd { first, last };

/// Lets a primitive give the entry of each group's first or last row, missing or not; without rows a missing one.
/// Takes columns of every kind, whole and in parts.
Primitive of_end(Primitive primitive, GroupEnd end);

}  // namespace gridmill::features::aggregations
