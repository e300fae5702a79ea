#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/table.hpp"

namespace gridmill::io {

/// Says whether entries of one type can be read as those of another with nothing lost: words as what they say, whole
/// numbers as any. Numbers and booleans are no words again: "007" and "yes" are gone.
bool can_be_read_as(core::ColumnType from, core::ColumnType to);

/// Returns `column` read as another type. `labels`: what its codes stand for, if it is categorical; `categories`: those
/// of the result, sorted, if that is. Missing entries stay missing. Errors: none; where an entry does not say what the
/// type needs, sets `unfit` to it (the first one) and takes it as missing.
core::Column read_as(core::Column&& column, const std::vector<std::string>& labels, core::ColumnType type,
                     const std::vector<std::string>& categories, std::optional<std::string>& unfit);

/// Returns the entry as text; empty if missing.
std::string entry_text(const core::Column& column, const std::vector<std::string>& labels, std::size_t row);

}  // namespace gridmill::io
