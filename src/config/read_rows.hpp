#pragma once

#include "config/field.hpp"
#include "config/search_config.hpp"

namespace gridmill::config {

/// The options of `data` that say which rows are taken, in which order, and which are held out: filter, time, order,
/// holdout.
Fields<DataOptions> row_fields();

/// Checks what these options say together, and beside the others. `node`: the section.
void check_rows(const Node& node, const DataOptions& data, Problems& problems);

}  // namespace gridmill::config
