#pragma once

#include <optional>
#include <string_view>

#include "core/error.hpp"
#include "io/text/column_builder.hpp"
#include "io/text/datetime.hpp"

namespace gridmill::io {

/// Returns what is wrong with a cell that does not fit the type the user gave its column, and how to mend it.
///
/// `shown`: the order of day and month that cells before it have.
core::Problem cell_problem(const core::Location& where, std::string_view cell, const ColumnRule& rule,
                           std::optional<DayOrder> shown, char decimal);

}  // namespace gridmill::io
