#pragma once

#include <vector>

#include "features/columns/column.hpp"

namespace gridmill::features {

/// Returns the columns one after the other. At least one; all held alike. Dictionaries that differ are united.
Column joined(std::vector<Column> columns);

}  // namespace gridmill::features
