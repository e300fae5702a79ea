#pragma once

#include <string>
#include <vector>

#include "child.hpp"

namespace gridmill::cli {

/// Runs the program that was built with the tests and returns how it ended.
inline Outcome gridmill(const std::vector<std::string>& words) { return run_program(GRIDMILL_PROGRAM, words); }

}  // namespace gridmill::cli
