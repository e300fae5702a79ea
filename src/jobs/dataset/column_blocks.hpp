#pragma once

#include <functional>
#include <string>

#include "core/entity_data.hpp"
#include "features/columns/column.hpp"

namespace gridmill::jobs {

/// Reads a column of all rows, block after block, in stored order, until `take` returns false. Categories have one
/// dictionary throughout. Memory: a block; their number of rows is a multiple of features::kStatisticsBlock but in the
/// last one.
void for_each_block(const core::EntityData& data, core::TableId table, const std::string& column,
                    const std::function<bool(features::Column)>& take);

}  // namespace gridmill::jobs
