#pragma once

#include <string>
#include <vector>

namespace gridmill::cli {

/// Carries out a command line (without the program's name) and returns the process's exit code.
/// Starts the ranks of a job itself unless an MPI launcher has started this process.
int run(const std::vector<std::string>& arguments);

}  // namespace gridmill::cli
