#pragma once

#include <filesystem>
#include <vector>

#include "cli/commands.hpp"
#include "launch/host_report.hpp"

namespace gridmill::cli {

/// Returns what hosts need to take part in a command. A search needs the same files at the same paths on each host; the
/// other jobs work in files that all hosts must share. `places`: where the command leaves what it has done.
/// Errors: UserError with what is wrong with its config.
launch::HostNeeds host_needs(const Invocation& invocation, const std::vector<std::filesystem::path>& places);

}  // namespace gridmill::cli
