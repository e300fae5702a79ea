#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/table.hpp"

namespace gridmill::jobs {

using Names = std::vector<std::string>;

/// Returns the names of a table's columns.
Names column_names(const core::Table& schema);

/// Returns all but one.
Names without(Names names, std::string_view name);

/// Returns "'a', 'b' and 7 more".
std::string listed(const Names& names);

/// Returns the number behind `prefix`, or none: 12 for f12.
std::optional<std::size_t> number_behind(std::string_view prefix, std::string_view name);

/// Says whether the names are those we give to columns of text that names none.
bool are_made_up(const Names& names);

}  // namespace gridmill::jobs
