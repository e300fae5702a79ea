#pragma once

#include "core/table.hpp"
#include "features/definitions/feature.hpp"
#include "features/definitions/value_type.hpp"

namespace gridmill::features {

/// Returns as what column values of that type are stored in the matrix; numbers without a type are doubles.
core::ColumnType stored_column(const ValueType& type);

/// Returns as what column a feature's values are stored where none may be rounded: as stored_column says, but the
/// greatest and the least of whole numbers stay whole, which doubles do not hold all of beyond 2^53.
core::ColumnType exact_column(const Feature& feature);

/// Says whether the values are whole numbers: those of a column of integers, entries taken from such, or sums,
/// products and the like of them. What is a fraction in general (means, quantiles, variances) is none.
bool gives_whole_numbers(const Feature& feature);

/// Whole numbers from here on (2^53), and down from its opposite, are not all held by doubles.
inline constexpr double kFirstRounded = 9007199254740992.0;

}  // namespace gridmill::features
