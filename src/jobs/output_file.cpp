#include "jobs/output_file.hpp"

#include <unistd.h>

#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/atomic_file.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

void prepare_output_file(const fs::path& file, IfExists if_exists) {
  const auto refuse = [](const fs::path& place, std::string what, std::string hint = {}) {
    throw core::UserError(core::Problem{{place.string()}, std::move(what), std::move(hint)});
  };
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) refuse(folder, fmt::format("the output folder cannot be made: {}", error.message()));
  if (!fs::is_directory(folder)) refuse(folder, "the output folder is a file");
  if (access(folder.c_str(), W_OK | X_OK) != 0) refuse(folder, "the output folder is not writable");
  if (fs::is_directory(file)) refuse(file, "is a folder; the output must be a file");
  if (if_exists == IfExists::refuse && fs::exists(file)) {
    refuse(file, "exists already", "--overwrite to replace it, or choose another with --output");
  }
  io::remove_abandoned(file);
}

}  // namespace gridmill::jobs
