#pragma once

#include <string>

#include "core/entity_set.hpp"
#include "core/value.hpp"

namespace gridmill::jobs {

// What the config names of a store, looked up.

/// Returns the table called `name`. Errors: UserError saying that `option` names it, with a hint.
core::TableId find_table(const core::EntitySet& set, const std::string& name, const std::string& option);
/// Returns what a condition compares the column with: times as "2024-02-29 12:30:00", as names show them; anything else
/// as it is. Errors: UserError saying that `option` names a time that is none.
core::Value condition_value(const core::EntitySet& set, core::TableId table, const std::string& column,
                            const core::Value& given, const std::string& option);
/// Checks that the table has the column. Errors: the same.
void check_column(const core::EntitySet& set, core::TableId table, const std::string& column,
                  const std::string& option);

}  // namespace gridmill::jobs
