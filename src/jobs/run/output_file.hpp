#pragma once

#include <filesystem>
#include <vector>

namespace gridmill::jobs {

/// What to do with a file that is there already.
enum class IfExists { refuse, replace };

/// What a command writes into one file.
enum class OutputKind { store, predictions, report };

/// A file that a command is to write, and what it reads.
struct OutputFile {
  const std::filesystem::path& file;
  OutputKind kind;
  IfExists if_exists = IfExists::refuse;
  std::vector<std::filesystem::path> inputs;  // empty names do not count
};

/// Makes the folder a file is to be written into, and checks that the file can be, before any work is done for it.
/// What a killed process of this host has left of the file is removed.
/// Errors: UserError when it is one of the inputs, also by another name or link; exists, unless it may be replaced and
/// is such a file of our own making (or empty); is a folder or a device; its folder cannot be made or written.
void prepare_output_file(const OutputFile& output);

}  // namespace gridmill::jobs
