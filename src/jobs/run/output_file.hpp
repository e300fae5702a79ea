#pragma once

#include <filesystem>
#include <string>
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
  std::string header = {};                    // predictions: the line they will begin with, if it is known
};

/// Makes the folder a file is to be written into, and checks that the file can be, before any work is done for it.
/// What a killed process of this host has left of the file is removed.
/// Errors: UserError when it is one of the inputs, also by another name or link; exists, unless it may be replaced and
/// is such a file of our own making (or empty); is a folder or a device; its folder cannot be made or written.
/// Predictions are CSV without a word of who wrote them: those that begin with the very header of the new ones count as
/// ours. In the folder of a run that predicts, and as long as the header is not known, a column `prediction` does; who
/// does not know it asks again before anything is written.
void prepare_output_file(const OutputFile& output);

}  // namespace gridmill::jobs
