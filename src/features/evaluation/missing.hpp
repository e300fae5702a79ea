#pragma once

#include "core/value.hpp"
#include "features/columns/column.hpp"

namespace gridmill::features {

/// Replaces missing entries by a feature's default value; null leaves them missing.
void fill_missing(Column& column, const core::Value& value);

}  // namespace gridmill::features
