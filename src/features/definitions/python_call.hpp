#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/value.hpp"

namespace gridmill::features {

/// A call as Python writes it: a name and arguments that are literals.
struct PythonCall {
  std::string name;
  std::vector<core::Value> positional;
  std::vector<std::pair<std::string, core::Value>> named;  // in the order in which they were written
};

/// Reads "rolling_mean", "rolling_mean(3, gap='1h')". Literals are numbers, texts, True, False, None, lists, tuples (as
/// lists) and dictionaries with texts for keys. Errors: UserError saying what was expected and where.
PythonCall read_python_call(std::string_view text);

}  // namespace gridmill::features
