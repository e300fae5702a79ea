#pragma once

#include <cstdint>
#include <vector>

#include "features/columns/column.hpp"
#include "features/definitions/feature.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features {

/// Returns 1 for each entry of `column` (values of where.feature) that meets the condition. A missing entry meets none;
/// but as in pandas it is unequal to anything, if its type is not one of the nullable ones (Semantics::featuretools).
/// Categories compare in their order, times with text such as "2020-03-01 12:00:00".
std::vector<std::uint8_t> meets(const Column& column, const Where& where, Semantics semantics);

}  // namespace gridmill::features
