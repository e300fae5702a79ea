#include "jobs/run/temporary_folder.hpp"

#include <cstdlib>
#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() : path_((fs::temp_directory_path() / "gridmill-XXXXXX").string()) {
  if (mkdtemp(path_.data()) == nullptr) {
    throw core::RunError(fmt::format("{}: cannot make a temporary folder", fs::temp_directory_path().string()),
                         "set TMPDIR to a folder that can be written");
  }
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace gridmill::jobs
