#pragma once

#include <filesystem>
#include <vector>

#include "cli/commands.hpp"
#include "core/address.hpp"

namespace gridmill::cli {

/// What a command reads and writes: at addresses, and on this machine.
struct StagedPaths {
  std::vector<core::Address> files;                 // read; of S3 the last part may be a pattern
  std::vector<core::Address> folders;               // read, with all that is in them
  std::vector<core::Address> outputs;               // written: files and folders
  std::vector<core::Address> runs;                  // those of them that are run directories, in which a job goes on
  std::vector<std::filesystem::path> files_here;    // read
  std::vector<std::filesystem::path> outputs_here;  // written
};

/// Returns the files that stand on the command line and tell what else there is: configs, hostfiles, places. They are
/// fetched first.
std::vector<core::Address> files_to_begin_with(const Invocation& invocation);

/// Returns all else: what stands on the command line, and what its config names. What the command itself makes is not
/// among what it reads. Errors: UserError as RunFile.
StagedPaths staged_paths(const Invocation& invocation);

}  // namespace gridmill::cli
