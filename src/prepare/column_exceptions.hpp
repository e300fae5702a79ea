#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/option.hpp"
#include "core/value.hpp"

namespace gridmill::prepare {

/// Returns the option `columns`: exceptions by a column's name or a pattern with * and ?, each a mapping of options of
/// steps: {zip: {categories: target}, "amount*": {preprocessing: robust}}.
const core::OptionSpec& column_exceptions_option();

/// Returns the exceptions of a candidate, in their order.
const core::ValueMapping& exceptions_of(const core::Params& params);

/// Whether the pattern means the column. An entry without * and ? is a name.
bool matches(std::string_view pattern, std::string_view column);

/// Returns a candidate's parameters as they are for one column: of several exceptions for it the last counts.
core::Params params_for(const core::Params& params, std::string_view column);

/// Returns what is wrong with exceptions whose options are to be of `options`, a sentence each, and a hint.
std::vector<core::Problem> check_exceptions(const core::Value& exceptions,
                                            const std::vector<core::OptionSpec>& options);

}  // namespace gridmill::prepare
