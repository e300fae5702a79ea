#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/host.hpp"

namespace gridmill::launch {

/// Reads a list of hosts, written as mpirun's hostfile: a host a line, "node1" or "node1 slots=4"; "#" begins a
/// comment.
///
/// Returns them in the order of the file, at least one, each once.
/// Errors: UserError with all that is wrong, with file and line; also if the file cannot be read.
std::vector<core::Host> read_hostfile(const std::filesystem::path& file);
/// The same for text; `name` is what messages call it.
std::vector<core::Host> read_hostfile(std::string_view text, const std::filesystem::path& name);

/// Says whether a name is that of this machine, as far as the name tells.
bool is_this_machine(std::string_view name);

}  // namespace gridmill::launch
