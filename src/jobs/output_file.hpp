#pragma once

#include <filesystem>

namespace gridmill::jobs {

/// What to do with a file that is there already.
enum class IfExists { refuse, replace };

/// Makes the folder a file is to be written into, and checks that the file can be, before any work is done for it.
/// What a killed process of this host has left of the file is removed.
/// Errors: UserError when it exists (unless it may be replaced), is a folder, or its folder cannot be made or written.
void prepare_output_file(const std::filesystem::path& file, IfExists if_exists);

}  // namespace gridmill::jobs
