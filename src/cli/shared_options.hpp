#pragma once

#include <string>
#include <vector>

#include "cli/commands.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace gridmill::cli {

// Options that several commands have.

/// An argument that names a file or folder, or several. Paths: a path, a list of paths, or a text.
template <class Paths>
CLI::Option* add_path(CLI::App& command, const std::string& name, Paths& paths, const std::string& what);

/// How much is said, and how.
void add_voice(CLI::App& command, Invocation& invocation);
void add_ranks(CLI::App& command, Invocation& invocation,
               const std::string& meaning = "Processes to work with here; by default one per core");
/// Where a job works, and for how long.
void add_work(CLI::App& command, Invocation& invocation);
/// A page beside the run. `without`: flags that it does not go with.
void add_live(CLI::App& command, Invocation& invocation, const std::vector<std::string>& without);

}  // namespace gridmill::cli
